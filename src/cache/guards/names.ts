import { isCommonWord } from '../canonical/dictionary.ts';
import type { Token } from '../canonical/tokens.ts';
import { isClassMember, isNarrowing, membersOfOneClass } from './closed-classes.ts';
import { difference, type NormalizedQuestion } from './normalize.ts';

const ALL_CAPITALS = /^\p{Lu}{2,}s?$/u;
const INNER_CAPITAL = /\p{Ll}\p{Lu}/u;
const SIGNED = /[+#]$/;
const CAPITAL = /^\p{Lu}/u;
const MOSTLY = 0.7;

/** Written like a name: a capital inside a sentence, capitals throughout, mixed case, or a sign. */
function namesOf({ tokens }: NormalizedQuestion): string[] {
  const isTitle = isTitleCased(tokens);
  return tokens
    .filter(({ raw, opens }) => {
      if (raw === 'I' || raw.startsWith("I'")) return false;
      if (INNER_CAPITAL.test(raw) || SIGNED.test(raw) || ALL_CAPITALS.test(raw)) return true;
      return CAPITAL.test(raw) && !opens && !isTitle;
    })
    .map(({ raw }) => raw.toLowerCase().replace(/'s$/, ''));
}

/** "How To Reset A Password": capitals say nothing there. */
function isTitleCased(tokens: readonly Token[]): boolean {
  const capitals = tokens.filter(({ raw }) => CAPITAL.test(raw)).length;
  return tokens.length > 3 && capitals >= MOSTLY * tokens.length;
}

/** A name, a weekday, a country without a partner on the other side. */
export function names(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const [a, b] = difference(asked.words, stored.words);
  const members = membersOfOneClass(a, b);
  if (members) return `"${members[0]}" is not "${members[1]}"`;
  const alone = firstAlone(asked, stored) ?? firstAlone(stored, asked);
  if (alone !== null) return `only one of them names "${alone}"`;
  const narrower = a.find((word) => isNarrowing(word, b)) ?? b.find((word) => isNarrowing(word, a));
  return narrower === undefined ? null : `only one of them says "${narrower}"`;
}

function firstAlone(from: NormalizedQuestion, other: NormalizedQuestion): string | null {
  const written = new Set(other.tokens.map(({ raw }) => raw.toLowerCase().replace(/'s$/, '')));
  const has = (name: string): boolean =>
    written.has(name) ||
    other.words.includes(name) ||
    [...written].some((each) => isMisspelt(each, name));
  return namesOf(from).find((name) => !has(name)) ?? null;
}

/** Longer names may be a letter off. */
const LEAST_LETTERS = 5;

function isMisspelt(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < LEAST_LETTERS || Math.abs(a.length - b.length) > 1)
    return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  return restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}

/**
 * A word that not everybody uses, without a partner: likely a name or a term in small letters. One side
 * alone suffices, as with names.
 */
export function unknownWords(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const [a, b] = difference(asked.content, stored.content);
  const isRare = (word: string): boolean =>
    !isClassMember(word) &&
    (!isCommonWord(word) || asked.mended.has(word) || stored.mended.has(word));
  const rare = [...a, ...b].find(isRare);
  return rare === undefined ? null : `only one of them speaks of "${rare}"`;
}
