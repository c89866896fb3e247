import { toConcepts } from './words.ts';

/** A field of life: labels that mean it, and the words people use in it. */
export interface Topic {
  readonly names: readonly string[];
  readonly words: readonly string[];
}

const ROWS: readonly (readonly [names: string, words: string])[] = [
  [
    'billing payment invoice finance charge',
    'invoice charged charge bill billing payment pay card credit subscription price twice double overcharged receipt refund tax vat statement euro dollar debit bank amount',
  ],
  ['refund return', 'refund return reimburse money send label exchange'],
  [
    'shipping delivery logistics fulfillment',
    'parcel package delivery shipping shipment courier tracking arrive arrived late delayed warehouse dispatch address customs lost carrier',
  ],
  [
    'technical bug error issue incident tech problem',
    'error crash bug broken fail failed failing freeze frozen slow loading install update browser screen button page blank app login timeout exception server down outage glitch reset',
  ],
  [
    'account login access authentication profile',
    'account password login locked username email profile verify verification reset credential access settings twofactor',
  ],
  [
    'cancel cancellation churn retention',
    'cancel unsubscribe terminate leave leaving quit stop end downgrade close delete',
  ],
  [
    'sales presales quote lead pricing',
    'price pricing quote demo enterprise license plan discount trial upgrade offer seats volume buy purchase interested team budget',
  ],
  [
    'feature request suggestion idea enhancement',
    'feature add would wish suggest suggestion idea improve support nice option integrate integration roadmap missing',
  ],
  ['product', 'product item size colour color material quality stock available warranty'],
  [
    'job hr recruiting career application',
    'job apply application resume cv hiring salary interview position candidate vacation payroll employee',
  ],
  [
    'legal contract compliance privacy',
    'contract legal lawyer terms gdpr privacy court law clause agreement liability data',
  ],
  [
    'security fraud abuse',
    'hacked fraud phishing stolen suspicious unauthorized breach vulnerability attack scam security leak',
  ],
  [
    'spam junk',
    'winner prize won lottery click free viagra casino congratulations offer bitcoin investment inheritance claim guaranteed limited',
  ],
  [
    'positive praise compliment happy satisfied joy',
    'great love excellent amazing perfect happy wonderful fantastic awesome thanks thank recommend pleased satisfied delighted friendly helpful best brilliant good smooth fast impressed superb nice enjoy beautiful',
  ],
  [
    'negative complaint angry dissatisfied anger frustrated',
    'bad terrible awful angry disappointed worst hate horrible unacceptable rude useless poor broken never slow annoying frustrated waste ridiculous unhappy dirty late ignored disgusting cold overpriced complain refund',
  ],
  ['neutral mixed', 'okay average fine acceptable mediocre ordinary normal decent'],
  [
    'urgent critical high emergency blocker p1 asap',
    'urgent asap immediately critical emergency production down outage blocked deadline today now stuck everyone losing cannot severe breach',
  ],
  [
    'low minor whenever trivial p4',
    'whenever minor typo cosmetic someday suggestion curious wondering small hurry rush',
  ],
  [
    'question inquiry information howto',
    'how question wonder wondering explain information clarify ask documentation',
  ],
  [
    'meeting calendar schedule appointment',
    'meeting schedule calendar appointment agenda invite reschedule tomorrow call slot',
  ],
  [
    'sport',
    'match team goal coach league player season score win cup football tennis olympic tournament champion stadium',
  ],
  [
    'politics government',
    'election government minister parliament president vote party policy senate law campaign',
  ],
  [
    'business economy finance market',
    'market shares profit revenue company stock investor bank economy inflation quarter merger growth earnings',
  ],
  [
    'technology science software',
    'software computer ai chip smartphone internet startup research scientist algorithm data device app robot',
  ],
  [
    'health medical medicine',
    'doctor patient hospital disease treatment medicine symptom pain vaccine therapy health clinical',
  ],
  [
    'entertainment culture music film',
    'film movie music singer actor album concert show festival series award theatre',
  ],
  ['travel', 'flight hotel trip booking airport passport visa luggage beach tour holiday'],
  [
    'food restaurant',
    'food meal restaurant taste dish dinner recipe cook menu waiter pizza delicious',
  ],
  [
    'weather environment climate',
    'weather rain storm temperature climate emission carbon forecast flood energy wind solar',
  ],
];

/** Built from the rows once, since both sides must speak in concepts. */
export const TOPICS: readonly Topic[] = ROWS.map(([names, words]) => ({
  names: toConcepts(names),
  words: [...new Set(toConcepts(words))],
}));
