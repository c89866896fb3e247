import { OPENERS, readAs } from './look-alikes.ts';

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
  // What may stand before a name: blanks, and one slash.
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
