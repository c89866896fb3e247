const list = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Classes of words of which another one is always another thing, however it is written. */
const CLASSES: readonly (readonly string[])[] = [
  list(
    'monday tuesday wednesday thursday friday saturday sunday weekend weekday mon tue wed thu fri sat sun',
  ),
  list('january february march april may june july august september october november december'),
  list('morning noon afternoon evening night midnight'),
  list('spring summer autumn fall winter christmas easter'),
  list(
    'dollar euro pound yen yuan rupee franc krona peso real ruble lira won usd eur gbp jpy cny inr chf sek nok dkk aud cad nzd brl mxn pln czk huf bitcoin btc ether ethereum eth crypto',
  ),
  list(
    'meter metre kilometer kilometre mile yard foot inch centimeter millimeter gram kilogram kilo pound ounce ton liter litre gallon pint celsius fahrenheit kelvin second minute hour day week month year decade byte kilobyte megabyte gigabyte terabyte kb mb gb tb watt kilowatt volt km cm mm kg lb oz ml',
  ),
  list(
    'english german french spanish italian portuguese dutch swedish norwegian danish finnish polish czech russian ukrainian turkish arabic hebrew hindi urdu chinese japanese korean thai vietnamese greek latin hungarian romanian',
  ),
  list(
    'germany france spain italy portugal netherlands belgium luxembourg austria switzerland sweden norway denmark finland poland czechia hungary romania bulgaria greece turkey russia ukraine ireland iceland uk britain england scotland wales usa america canada mexico brazil argentina chile peru colombia china japan korea india pakistan bangladesh thailand vietnam singapore malaysia indonesia philippines australia zealand africa egypt morocco nigeria kenya ethiopia israel iran iraq dubai emirates qatar saudi europe asia eu us',
  ),
  list(
    'london paris berlin madrid rome vienna amsterdam brussels lisbon dublin munich hamburg frankfurt cologne zurich geneva milan barcelona prague warsaw budapest athens istanbul moscow kyiv stockholm oslo copenhagen helsinki york boston chicago seattle dallas houston austin denver miami atlanta vegas angeles francisco toronto montreal vancouver sydney melbourne tokyo kyoto osaka seoul beijing shanghai delhi mumbai bangkok manila jakarta cairo lagos nairobi',
  ),
  list('xs small medium large xl xxl xxxl'),
  list(
    'red blue green yellow orange purple pink black white gray brown beige silver gold turquoise navy',
  ),
  list(
    'visa mastercard amex american discover maestro paypal klarna stripe apple google samsung alipay wechat venmo zelle cash cheque check sepa ideal giropay sofort bancontact wire',
  ),
  list('credit debit prepaid gift loyalty virtual physical business'),
  list('basic free starter standard plus pro premium team business enterprise'),
  list('windows mac macos linux ubuntu debian android ios iphone ipad chromebook'),
  list('chrome firefox safari edge opera'),
  list(
    'facebook instagram twitter tiktok linkedin youtube whatsapp telegram slack teams zoom discord gmail outlook',
  ),
  list('dhl ups fedex usps hermes dpd gls'),
  list('python javascript typescript java ruby rust php swift kotlin perl scala'),
  list('north south east west'),
  list('first second third fourth fifth last'),
  list('breakfast lunch dinner brunch'),
  list('car train bus plane flight ferry bike taxi ship'),
  list('shoe shirt dress jacket coat trousers jeans hat sock glove bag belt scarf'),
  list('dog cat horse bird fish rabbit'),
  list('adult child senior student teen infant baby'),
  list('mother father brother sister son daughter husband wife uncle aunt cousin'),
  list('username password email phone address name pin birthday photo avatar'),
  list('checking savings joint personal business'),
];

const classesOf = new Map<string, number[]>();
for (const [at, members] of CLASSES.entries()) {
  for (const member of members) classesOf.set(member, [...(classesOf.get(member) ?? []), at]);
}

/** Two different members of one class, one on either side. */
export function membersOfOneClass(
  a: readonly string[],
  b: readonly string[],
): [string, string] | null {
  for (const left of a) {
    for (const right of b) {
      const [classes, others = []] = [classesOf.get(left), classesOf.get(right)];
      if (classes?.some((each) => others.includes(each))) return [left, right];
    }
  }
  return null;
}

/** Of some classes a single member is a narrower question than none at all. */
const NARROWING = new Set([0, 1, 3, 4, 6, 7, 8, 9, 11, 14, 15, 16, 17, 18]);

export const isNarrowing = (word: string): boolean =>
  classesOf.get(word)?.some((each) => NARROWING.has(each)) ?? false;
