import { LRUCache } from 'lru-cache';
import { isClassMember } from '../guards/closed-classes.ts';
import { isCommonWord, isWord } from './dictionary.ts';

const BRITISH: readonly (readonly [pattern: RegExp, spelling: string])[] = [
  [/^(col|fav|hon|lab|neighb|behavi|flav|hum)our(?=$|s$|ed$|ing$|ite|able)/, '$1or'],
  [/^(cent|met|theat|lit|fib)re(?=s?$)/, '$1er'],
  [/(.{3,})is(e|es|ed|ing|ation|ations)$/, '$1iz$2'],
  [/^(catal|dial|anal)ogue(?=s?$)/, '$1og'],
  [/^(cancel|travel|label|model|total|signal)l(ed|ing|er|ers)$/, '$1$2'],
  [/^chequ(e|es)$/, 'check'],
  [/^licence(?=s?$)/, 'license'],
  [/^grey$/, 'gray'],
];

/** The American spelling, where both are words. @param word in small letters */
export function american(word: string): string {
  for (const [pattern, spelling] of BRITISH) {
    if (!pattern.test(word)) continue;
    const other = word.replace(pattern, spelling);
    if (spelling !== '$1iz$2' || isWord(other)) return other;
  }
  return word;
}

/** Fewer letters have too many neighbours. */
const LEAST_LETTERS = 6;
/** Longer ones are no words, and have very many. */
const MOST_LETTERS = 24;
const MAY_BE_TYPO = new RegExp(`^[a-z]{${String(LEAST_LETTERS)},${String(MOST_LETTERS)}}$`);
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const corrected = new LRUCache<string, string>({ max: 10_000 });

/**
 * The word that was meant, where a letter is wrong, missing, double or in the wrong place: only for
 * what no list of words knows, and only if one common word alone comes into question. The first letter
 * is seldom wrong.
 * @param word in small letters
 */
export function withoutTypo(word: string): string {
  if (!MAY_BE_TYPO.test(word) || isWord(word) || isClassMember(word)) return word;
  const known = corrected.get(word);
  if (known !== undefined) return known;
  const meant = [...new Set(neighbours(word))].filter(
    (each) => each.length >= LEAST_LETTERS - 1 && isCommonOrForm(each),
  );
  const [only = word, another] = meant;
  const result = another === undefined ? only : word;
  corrected.set(word, result);
  return result;
}

const isCommonOrForm = (word: string): boolean =>
  isCommonWord(word) || (isWord(word) && isCommonWord(word.replace(/(?:s|ed|d|ing|al|ly)$/, '')));

/** Everything at one edit from a word, its first letter left alone. */
function neighbours(word: string): string[] {
  const found: string[] = [];
  for (let at = 1; at <= word.length; at += 1) {
    const [before, after] = [word.slice(0, at), word.slice(at)];
    for (const letter of LETTERS) {
      found.push(before + letter + after);
      if (after !== '') found.push(before + letter + after.slice(1));
    }
    if (after !== '') found.push(before + after.slice(1));
    if (after.length > 1) found.push(before + (after[1] ?? '') + (after[0] ?? '') + after.slice(2));
  }
  return found;
}

/** Two words that are as often written as one, and how they are written here. */
const COMPOUNDS = new Map([
  ['topup', 'top up'],
  ['topups', 'top up'],
  ['signup', 'sign up'],
  ['login', 'log in'],
  ['logon', 'log in'],
  ['logout', 'log out'],
  ['signin', 'sign in'],
  ['setup', 'set up'],
  ['backup', 'back up'],
  ['checkout', 'check out'],
  ['cashback', 'cash back'],
  ['chargeback', 'charge back'],
]);
const PAIRS = new Map([
  ['e mail', 'email'],
  ['e mails', 'email'],
  ['pass code', 'passcode'],
  ['pass word', 'password'],
  ['web site', 'website'],
  ['top ups', 'top up'],
  ['log ins', 'log in'],
  ['sign ups', 'sign up'],
]);

/** Compounds in one way of writing. */
export function uniteCompounds(tokens: readonly string[]): string[] {
  const united: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    const pair = PAIRS.get(`${token} ${tokens[at + 1] ?? ''}`);
    if (pair !== undefined) {
      united.push(...pair.split(' '));
      at += 1;
      continue;
    }
    united.push(...(COMPOUNDS.get(token) ?? token).split(' '));
  }
  return united;
}
