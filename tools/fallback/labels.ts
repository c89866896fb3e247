import { buildTermReader, wordsOf } from './words.ts';

export interface LabelOption {
  name: string;
  description?: string | undefined;
}

export interface Similarity {
  label: LabelOption;
  /** 0 without a shared word; grows with the number, rarity and uses of those shared. */
  score: number;
  /** The words of the text that the label has too, most decisive first, in lower case. */
  words: string[];
}

/** A word of the name says more than one of the description. */
const NAME_WEIGHT = 2;

/** Things a description rules out, as in "deliveries, but not returns". */
const RULED_OUT = /[,;(]\s*(?:but )?not [^.;)]*/gi;

/** Ranks labels by nearness to a text, nearest first; labels equally near keep their order. */
export function rankLabels(text: string, labels: readonly LabelOption[]): Similarity[] {
  const readTerms = buildTermReader();
  const used = countUses(text, readTerms);
  const weights = labels.map((label) => termWeights(label, readTerms));
  const spread = new Map<string, number>();
  for (const term of weights.flatMap((each) => [...each.keys()]))
    spread.set(term, (spread.get(term) ?? 0) + 1);
  const ranked = labels.map((label, at) => {
    const shared = [...(weights[at] ?? [])].flatMap(([term, weight]) => {
      const use = used.get(term);
      if (!use) return [];
      const rarity = Math.log(1 + labels.length / (spread.get(term) ?? 1));
      return [{ word: use.word, score: weight * rarity * (1 + Math.log(use.count)) }];
    });
    shared.sort((a, b) => b.score - a.score);
    const score = shared.reduce((sum, each) => sum + each.score, 0);
    return { label, score, words: shared.map(({ word }) => word) };
  });
  return ranked.sort((a, b) => b.score - a.score);
}

/** Each term of the text with how often it comes and the form in which it comes first. */
function countUses(text: string, readTerms: (text: string) => string[]) {
  const uses = new Map<string, { count: number; word: string }>();
  for (const word of wordsOf(text)) {
    for (const term of readTerms(word)) {
      const use = uses.get(term) ?? { count: 0, word };
      use.count += 1;
      uses.set(term, use);
    }
  }
  return uses;
}

function termWeights(
  { name, description = '' }: LabelOption,
  readTerms: (text: string) => string[],
) {
  const spaced = name.replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ');
  const described = readTerms(description.replace(RULED_OUT, ''));
  const weights = new Map(described.map((term) => [term, 1]));
  for (const term of readTerms(spaced)) weights.set(term, NAME_WEIGHT);
  return weights;
}
