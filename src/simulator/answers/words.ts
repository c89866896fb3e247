import { PHRASES, STOP_WORDS, SYNONYMS } from './vocabulary.ts';

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu;

/** Verbs that no ending gives away. */
const IRREGULAR: ReadonlyMap<string, string> = new Map(
  'sent:send bought:buy died:die dies:die dying:die dead:die broke:break broken:break stole:steal stolen:steal chose:choose chosen:choose wrote:write written:write'
    .split(' ')
    .map((pair): [string, string] => [pair.split(':')[0] ?? '', pair.split(':')[1] ?? '']),
);

const CONCEPT_OF: ReadonlyMap<string, string> = new Map(
  SYNONYMS.flatMap(([concept, words]) =>
    words.split(' ').map((word): [string, string] => [stem(word), concept]),
  ),
);

/** Most sentences have no such phrase, and one look is cheaper than thirty. */
const ANY_PHRASE = new RegExp(PHRASES.map(([phrase]) => phrase.source).join('|'));

/** A word that carries meaning, and what it means. */
export interface Term {
  readonly word: string;
  readonly stem: string;
  readonly concept: string;
}

/** The words of a text that carry meaning, stemmed, with synonyms brought to one name. */
export function toConcepts(text: string): string[] {
  return toTerms(text).map(({ concept }) => concept);
}

export function toTerms(text: string): Term[] {
  let plain = text.toLowerCase().replaceAll('’', "'");
  if (ANY_PHRASE.test(plain)) {
    for (const [phrase, concept] of PHRASES) plain = plain.replace(phrase, ` ${concept} `);
  }
  return (plain.match(WORD) ?? []).flatMap((word) => {
    if (STOP_WORDS.has(word)) return [];
    const stemmed = stem(word.replace(/'s?$|'(?:ll|re|ve|d|m|t)$/u, ''));
    return stemmed.length < 2 && !/[\p{N}\p{Lo}]/u.test(stemmed)
      ? []
      : [{ word, stem: stemmed, concept: CONCEPT_OF.get(stemmed) ?? stemmed }];
  });
}

/** The stems of all words, stop words and synonyms as they are. */
export function toWordStems(text: string): string[] {
  return (text.toLowerCase().match(WORD) ?? []).map(stem);
}

/** A light stemmer: plurals and the common verb endings, so that `returned` meets `returns`. */
export function stem(word: string): string {
  const regular = IRREGULAR.get(word);
  if (regular !== undefined) return stem(regular);
  if (word.length < 4 || /[^a-z]/.test(word)) return word;
  const singular = (word.endsWith('s') ? toSingular(word) : word).replace(/(?<=[cp]t)ion$/, '');
  const bare = /[gdy]$/.test(singular) ? singular.replace(/(?:ing|edly|ed|ly)$/, '') : singular;
  if (bare === singular || bare.length < 3 || !/[aeiouy]/.test(bare)) return toRoot(singular);
  return toRoot(bare.replace(/([bdfgklmnprtz])\1$/, '$1'));
}

function toSingular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.endsWith('sses')) return word.slice(0, -2);
  return /[su]s$/.test(word) ? word : word.slice(0, -1);
}

/** `arrive` and `arriv(ing)`, `delivery` and `deliveri(es)` end alike. */
function toRoot(word: string): string {
  if (word.endsWith('e')) return word.slice(0, -1);
  return word.endsWith('y') ? `${word.slice(0, -1)}i` : word;
}

/** Rates what a concept tells: rare ones more; one that occurs nowhere most. */
export function buildIdf(passages: readonly (readonly string[])[]): (concept: string) => number {
  const seenIn = new Map<string, number>();
  for (const concepts of passages) {
    for (const concept of new Set(concepts)) seenIn.set(concept, (seenIn.get(concept) ?? 0) + 1);
  }
  return (concept) => Math.log(1 + (passages.length + 1) / ((seenIn.get(concept) ?? 0) + 0.5));
}
