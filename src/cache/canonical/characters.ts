const QUOTES = /[\u2018\u2019\u201A\u201B\u2032\u00B4`]/g;
const DASHES = /[\u2010-\u2015\u2212]/g;
const FULL_WIDTH = /[\uFF01-\uFF5E]/g;
/** Soft hyphens, zero-width spaces, byte order marks: nobody sees them. */
const INVISIBLE = /[\u00AD\u200B\u2060\uFEFF]/g;

/**
 * The same characters whatever the keyboard: quotes, dashes and full-width forms. Not the other
 * compatibility forms, which mean something: 2² is not 22. Who shouts is read as who does not.
 */
export function plainCharacters(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .replace(QUOTES, "'")
    .replace(DASHES, '-')
    .replace(FULL_WIDTH, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfe_e0))
    .replaceAll(' & ', ' and ');
  return isShouted(plain) ? plain.toLowerCase() : plain;
}

const isShouted = (text: string): boolean => !/\p{Ll}/u.test(text) && /\p{Lu}.*\p{Lu}/su.test(text);

/** Signs that change what is asked. Each line: where they do. */
const MARKS = new RegExp(
  [
    String.raw`[\p{Sc}\p{Sm}\p{No}\p{Extended_Pictographic}%*#@^\\_&[\]{}]`, // anywhere
    String.raw`(?<![\p{L}\p{M}\p{Nd})])-(?=[\p{Sc}.]?\p{Nd})`, // minus five
    String.raw`(?<=^|\s)-+(?=\p{L})`, // an option of a command
    String.raw`(?<=\p{Nd})[/:](?=\p{Nd})`, // 3/4, 1:30
    String.raw`(?<![\p{L}\p{M}\p{Nd}.!?)])\.(?=[\p{L}\p{Nd}])`, // .net, .5
    String.raw`!(?==)|(?<=\p{Nd})!(?=\s*[-?=+*/^])`, // unequal, factorial
    String.raw`\(\)`, // a call
    String.raw`(?<=["'])[^\p{L}\p{Nd}\s"']+(?=["'])`, // ";" as the thing that is asked about
  ].join('|'),
  'gu',
);
/** Most texts have none of them; this is quick to see. */
const ANY_SIGN = /[^\p{L}\p{M}\s,?']/u;
const NUMBER = /\p{Nd}+(?:[.,]\p{Nd}+)*/gu;

/**
 * The signs of a text, in their order; among several numbers each with which of them it stands at: "$5
 * or 6" is not "5 or $6".
 */
export function marksOf(plain: string): readonly string[] {
  if (!ANY_SIGN.test(plain)) return [];
  const marks = [...plain.matchAll(MARKS)];
  if (marks.length === 0) return [];
  const numbers = Array.from(plain.matchAll(NUMBER), ({ index }) => index);
  if (numbers.length < 2) return marks.map(([mark]) => mark);
  return marks.map(({ 0: mark, index }) => {
    const before = numbers.filter((at) => at < index).length;
    const isBehind = /\p{Nd}\s?$/u.test(plain.slice(Math.max(0, index - 2), index));
    const behind = index + mark.length;
    const isInFront = /^[-.\p{Sc}]?\p{Nd}/u.test(plain.slice(behind, behind + 2));
    return `${mark}${String(isBehind && !isInFront ? before - 1 : before)}`;
  });
}
