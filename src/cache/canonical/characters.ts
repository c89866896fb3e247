const QUOTES = /[\u2018\u2019\u201A\u201B\u2032\u00B4`]/g;
const DASHES = /[\u2010-\u2015\u2212]/g;
const FULL_WIDTH = /[\uFF01-\uFF5E]/g;

/**
 * The same characters whatever the keyboard: quotes, dashes and full-width forms. Not the other
 * compatibility forms, which mean something: 2² is not 22. Who shouts is read as who does not.
 */
export function plainCharacters(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(QUOTES, "'")
    .replace(DASHES, '-')
    .replace(FULL_WIDTH, (wide) => String.fromCodePoint((wide.codePointAt(0) ?? 0) - 0xfe_e0));
  return isShouted(plain) ? plain.toLowerCase() : plain;
}

const isShouted = (text: string): boolean => !/\p{Ll}/u.test(text) && /\p{Lu}.*\p{Lu}/su.test(text);

/** Signs that change what is asked, wherever they stand. */
const MARKS =
  /[\p{Sc}%<>=±+*#@^~\\|_²³¹⁰⁴-⁹½¼¾]|(?<=^|\s)-(?=\d)|(?<=\d)[/:](?=\d)|(?<=^|\s)\.(?=\p{L})/gu;

/** The signs of a text, in their order. */
export const marksOf = (plain: string): string => plain.match(MARKS)?.join('') ?? '';
