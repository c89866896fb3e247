/**
 * Signs that a reader may take for others. Source: Unicode, confusables.txt and DerivedCoreProperties.txt
 * (Default_Ignorable_Code_Point). What compatibility decomposition (NFKD) tells by itself is not listed.
 */
const ALIKE: Readonly<Record<string, string>> = {
  '<': '\u2039\u02C2\u1438\u276E\u27E8\u3008',
  '/': '\u2044\u2215\u29F8\u2571\\',
  '-': '\u2010\u2011\u2012\u2013\u2014\u2212',
  a: '\u0430\u03B1\u0251',
  b: '\u0184\u042C',
  c: '\u0441\u03F2\u1D04',
  d: '\u0501',
  e: '\u0435\u212E\u04BD',
  g: '\u0261\u0581',
  h: '\u04BB\u0570',
  i: '\u0456\u03B9\u0131\u04CF',
  j: '\u0458\u03F3',
  k: '\u043A\u03BA',
  l: '\u04C0\u01C0',
  m: '\u043C',
  n: '\u0578\u057C',
  o: '\u043E\u03BF\u0585\u1D0F',
  p: '\u0440\u03C1',
  q: '\u051B\u0563\u0566',
  r: '\u0433\u1D26',
  s: '\u0455\uA731',
  t: '\u0442\u03C4',
  u: '\u03C5\u057D\u1D1C',
  v: '\u03BD\u0475\u1D20',
  w: '\u051D\u0461\u1D21',
  x: '\u0445\u03C7',
  y: '\u0443\u03B3\u04AF',
  z: '\u1D22',
};

const MEANT = new Map(
  Object.entries(ALIKE).flatMap(([meant, signs]) => Array.from(signs, (sign) => [sign, meant])),
);

/** Signs that are not seen, stand on top of another, or look like nothing. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}\u2800]/gu;

/** All that may be taken for a `<`. */
const OPENERS = `<\uFF1C\uFE64\u226E\u2329${ALIKE['<'] ?? ''}`;

function read(sign: string): string {
  if (/^\s$/u.test(sign)) return ' ';
  const plain = sign.normalize('NFKD').replace(UNSEEN, '').toLowerCase();
  return Array.from(plain, (each) => MEANT.get(each) ?? each).join('');
}

/** Nearly all that is read is ASCII. */
const ASCII = Array.from({ length: 128 }, (_, code) => read(String.fromCharCode(code)));

/** The reading of a sign, in small letters; blanks are one kind of blank, unseen signs are nothing. */
const readAs = (sign: string): string => ASCII[sign.charCodeAt(0)] ?? read(sign);

/**
 * A caller's text is data: it must not be able to close the section it stands in, or open another.
 */

const OPENER = new RegExp(`[${OPENERS}]`);
const EVERY_OPENER = new RegExp(OPENER, 'g');

const TAG = /<(\p{L}[\p{L}\p{N}_-]*)/gu;

/** Names of the tags that a template marks its sections with, in small letters. */
export const tagsOf = (template: string): string[] => [
  ...new Set(Array.from(template.matchAll(TAG), ([, tag]) => readWord(tag ?? ''))),
];

const readWord = (word: string): string => Array.from(word, readAs).join('');

/**
 * Makes text harmless: the given tags lose their `<`, all else stays as it was. Also a `<` with which a
 * text ends, for the text behind it may go on with a name. Takes time in proportion to the text.
 */
export function buildEscape(tags: readonly string[]): (value: unknown) => string {
  const names = new Set(tags);
  const longest = Math.max(0, ...tags.map(({ length }) => length));
  const mayBecomeTag = (begun: string): boolean => tags.some((tag) => tag.startsWith(begun));
  const opensTag = (text: string, from: number): boolean => {
    const { name, isCut } = readName(text, from, longest);
    return names.has(name) || (isCut && mayBecomeTag(name));
  };
  return (value) => {
    const text = toText(value);
    // Most texts have none, and this is quick to see.
    if (tags.length === 0 || !OPENER.test(text)) return text;
    return text.replace(EVERY_OPENER, (sign, at: number) =>
      opensTag(text, at + 1) ? '&lt;' : sign,
    );
  };
}

const NAMING = /^[\p{L}\p{N}_-]+$/u;

/**
 * The name that a tag would have that opens before this place, as a generous reader sees it; empty: none.
 * @returns `isCut`: the text ends before that is clear
 */
function readName(text: string, from: number, longest: number): { name: string; isCut: boolean } {
  let name = '';
  // Signs allowed before a name: blanks, and one slash.
  let before = ' /';
  for (let at = from; at < text.length && name.length <= longest;) {
    const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
    at += sign.length;
    const read = readAs(sign);
    if (read === '') continue;
    if (NAMING.test(read)) [name, before] = [name + read, ''];
    else if (!before.includes(read)) return { name, isCut: false };
    else if (read === '/') before = ' ';
  }
  return { name, isCut: name.length <= longest };
}

const toText = (value: unknown): string =>
  typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value);

const IN_QUOTES = /["\uFF02<\uFF1C\uFE64>\uFF1E\uFE65]|\s{2,}|[^\S ]/g;

/** Inside quotes of a tag the quote ends the value, and a `>` the tag. */
export const inAttribute = (value: unknown): string =>
  toText(value).replace(IN_QUOTES, (sign) => IN_QUOTES_BECOMES.get(readAs(sign)) ?? ' ');

const IN_QUOTES_BECOMES = new Map([
  ['"', '&quot;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);
