import { isWord } from './dictionary.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words that end like a plural and are none, and plurals with a meaning of their own. */
const KEEP = words(`
  news bus status virus series species physics mathematics maths politics economics analysis basis crisis thesis always
  across less plus pros cons access process address business class pass ios aws https dns sms gps kubernetes windows
  wireless express success press stress loss boss miss cross dress glass grass mess bonus campus census focus canvas
  christmas paris texas jesus mars athletics gymnastics diabetes rabies scissors trousers jeans glasses securities goods
  savings earnings customs manners arms contents headquarters means odds works overseas besides perhaps afterwards
  towards thanks hers ours yours theirs his this as is was has does us yes gas lens alias atlas bias chaos ethics
  logistics statistics graphics electronics sales details terms rights damages premises belongings proceeds forces
  spectacles lodgings remains spirits goggles shorts pants tights tongs
`);

const IRREGULAR = new Map([
  ['children', 'child'],
  ['men', 'man'],
  ['women', 'woman'],
  ['people', 'person'],
  ['feet', 'foot'],
  ['teeth', 'tooth'],
  ['mice', 'mouse'],
  ['countries', 'country'],
]);

/** "Movies" are no "movy". */
const ENDS_IN_IE = /(?:mov|cook|zomb|calor|self|rook|hood|smooth|brown|gen|pix|hipp|budg|coll)ies$/;
const PLAIN = /^[a-z]{4,}$/;

/** Only the plural: -ing and -ed carry a meaning (a process, processing). @param word in small letters */
export function singular(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (!PLAIN.test(word) || KEEP.has(word) || !word.endsWith('s')) return word;
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/[^aeiou]ies$/.test(word) && word.length > 4)
    return ENDS_IN_IE.test(word) ? word.slice(0, -1) : `${word.slice(0, -3)}y`;
  return needsE(word) ? word.slice(0, -2) : word.slice(0, -1);
}

/** "Boxes" and "statuses" have an e for the plural, "headaches" and "houses" for themselves. */
function needsE(word: string): boolean {
  const shorter = word.slice(0, -2);
  if (word.endsWith('uses')) return KEEP.has(shorter);
  return /(?:ss|sh|ch|x|zz)es$/.test(word) && (isWord(shorter) || !isWord(word.slice(0, -1)));
}
