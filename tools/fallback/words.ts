/** The words of a text that carry meaning, as stems, in order. */
export type TermReader = (text: string) => string[];

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Thai, Lao, Burmese, Khmer, kana and Han: scripts that put no spaces between words. */
const SPACELESS = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]/;

/** One word as people count them: a run without spaces, or one character where there are none. */
const COUNTED = new RegExp(`${SPACELESS.source}|(?:(?!${SPACELESS.source})\\S)+`, 'g');

/** Words of English that say nothing about a topic, and how questions are put. */
const STOP_WORDS = new Set(
  `a about after all already also am an and any anyone anything are as at be because been before
  being but by can could did do does doing don done else ever for from get gets getting give go
  goes going got had happen happens has have having he hello help her here hey hi him his how i
  if in into is isn it its just know let like ll long look make many may me more most much must
  my myself need needs never no not nothing now of off on one only or other our out over own
  please possible put re receive received s say see she should so some someone something still
  such t take takes taking tell than thank thanks that the their them then there these they
  thing things this those through to too until up us use using ve very via want wants was way we
  well were what when where which while who whom whose why will with within without won work
  works would yes yet you your yours`.split(/\s+/),
);

/** Spellings and forms that no suffix rule brings together. */
const SAME_AS: Readonly<Record<string, string>> = {
  bought: 'buy',
  broke: 'break',
  broken: 'break',
  colour: 'color',
  colours: 'color',
  cookies: 'cookie',
  died: 'die',
  dying: 'die',
  email: 'mail',
  emails: 'mail',
  forgot: 'forget',
  forgotten: 'forget',
  lost: 'lose',
  no: 'number',
  nr: 'number',
  paid: 'pay',
  qty: 'quantity',
  sent: 'send',
  sold: 'sell',
  tel: 'phone',
  telephone: 'phone',
};

/** Each suffix with the least number of letters that must stay before it. */
const SUFFIXES: readonly (readonly [suffix: string, stays: number])[] = [
  ['ations', 4],
  ['ation', 4],
  ['ments', 3],
  ['ment', 3],
  ['ings', 3],
  ['ing', 3],
  ['able', 4],
  ['ions', 4],
  ['ion', 4],
  ['ies', 3],
  ['ed', 3],
  ['es', 3],
  ['ly', 4],
  ['s', 3],
];

/** Brings the forms of a word together, roughly: `shipping`, `shipped` and `ships` become `ship`. */
export function stem(word: string): string {
  const plain = (Object.hasOwn(SAME_AS, word) ? SAME_AS[word] : undefined) ?? word;
  const found = SUFFIXES.find(
    ([suffix, stays]) => plain.endsWith(suffix) && plain.length - suffix.length >= stays,
  );
  const bare = found && !plain.endsWith('ss') ? plain.slice(0, -found[0].length) : plain;
  return bare.length > 3 && /(?:(\p{L})\1|[ey])$/u.test(bare) ? bare.slice(0, -1) : bare;
}

/** A reader of terms that remembers the stems it has met: texts repeat their words. */
export function buildTermReader(): TermReader {
  const met = new Map<string, readonly string[]>();
  return (text) => {
    const found: string[] = [];
    for (const word of wordsOf(text)) {
      let terms = met.get(word);
      if (terms === undefined) met.set(word, (terms = termsOfWord(word)));
      for (const term of terms) found.push(term);
    }
    return found;
  };
}

/** Every word in lower case, in order. */
export const wordsOf = (text: string): string[] =>
  text.normalize('NFC').toLowerCase().match(WORD) ?? [];

function termsOfWord(word: string): readonly string[] {
  if (SPACELESS.test(word)) return pairsOf(word);
  if (STOP_WORDS.has(word)) return [];
  return /^\p{L}$/u.test(word) ? [] : [stem(word)];
}

/** Two neighbouring characters stand in for a word where nothing marks its end. */
function pairsOf(word: string): string[] {
  const pairs: string[] = [];
  let before = '';
  for (const char of word) {
    if (before !== '') pairs.push(before + char);
    before = char;
  }
  return pairs.length === 0 ? [before] : pairs;
}

/** Counts the words of a text; never fewer than counting by spaces gives. */
export const countWords = (text: string): number =>
  text.match(SPACELESS.test(text) ? COUNTED : /\S+/g)?.length ?? 0;

/** The longest beginning of a text that has at most `maxWords` words and `maxChars` UTF-16 units. */
export function firstWords(text: string, maxWords: number, maxChars: number): string {
  let end = 0;
  let words = 0;
  for (const { 0: word, index } of text.matchAll(COUNTED)) {
    if (words === maxWords || index + word.length > maxChars) break;
    end = index + word.length;
    words += 1;
  }
  return text.slice(0, end);
}
