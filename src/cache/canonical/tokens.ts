import { plainCharacters } from './characters.ts';
import { writeOut } from './contractions.ts';
import { singular } from './plurals.ts';
import { american, uniteCompounds, withoutTypo } from './spelling.ts';

/** A piece of a text that stands for itself. */
export interface Token {
  /** As it was written. */
  raw: string;
  /** Whether it opens the text or a sentence. */
  opens: boolean;
}

/** Letters with what is put on them, with one apostrophe inside; a name like C++; a number with its signs. */
const TOKEN =
  /[A-Za-z]{1,2}(?:\+\+|#)|[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)?|\p{Nd}+(?:[.,]\p{Nd}+)*%?[\p{L}\p{M}]*/gu;

export function toTokens(plain: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const match of plain.matchAll(TOKEN)) {
    const between = plain.slice(end, match.index);
    tokens.push({ raw: match[0], opens: tokens.length === 0 || /[.!?\n]/.test(between) });
    end = match.index + match[0].length;
  }
  return tokens;
}

/** Thousands separators are only form; 1.5 and 1,5 stay what they are. */
export const plainNumber = (token: string): string =>
  /^\p{Nd}{1,3}(?:,\p{Nd}{3})+(?!\p{Nd})/u.test(token) ? token.replaceAll(',', '') : token;

/** One spelling of a word. @param word in small letters */
export const normalWord = (word: string): string => singular(american(withoutTypo(word)));

/** Says little of what a text is about. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the this that these those is are was were be been being am do does did have has had can could will would
   shall should may might must i me my mine myself you your yours we us our ours he him his she her it its they them
   their what which who whom whose where when why how and or but if then than so as at by for from in into of off on
   out over to up down with about there here some any please just also not no yes hi hello hey thanks thank ok`
    .trim()
    .split(/\s+/),
);

/** The words of a text in order, in one spelling; nothing is left out. */
export const contentTokens = (text: string): string[] =>
  uniteCompounds(
    toTokens(plainCharacters(text)).flatMap(({ raw }) => writeOut(raw.toLowerCase())),
  ).map((word) => normalWord(plainNumber(word)));
