import { buildTermReader } from './words.ts';

/** What a text says first is more often what it is about. */
const LEAD_BONUS = [1.4, 1.15];

/** A sentence most of whose words were said by better ones adds nothing. */
const MOST_REPEATED = 0.8;

/**
 * Positions of the sentences, the most central first: those that share most words with the rest.
 * A sentence that only repeats better ones is left out.
 */
export function rankSentences(sentences: readonly string[]): number[] {
  const readTerms = buildTermReader();
  const terms = sentences.map((sentence) => new Set(readTerms(sentence)));
  const uses = new Map<string, number>();
  for (const term of terms.flatMap((each) => [...each])) uses.set(term, (uses.get(term) ?? 0) + 1);
  const weights = terms.map((each, at) => weightOf(each, uses) * (LEAD_BONUS[at] ?? 1));
  const ranked = [...sentences.keys()].sort(
    (a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b,
  );
  const said = new Set<string>();
  return ranked.filter((at) => {
    const own = [...(terms[at] ?? [])];
    const repeated = own.filter((term) => said.has(term)).length;
    if (said.size > 0 && repeated >= own.length * MOST_REPEATED) return false;
    own.forEach((term) => said.add(term));
    return true;
  });
}

/** Between the sum, which favours long sentences, and the mean, which favours short ones. */
function weightOf(terms: ReadonlySet<string>, uses: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const term of terms) sum += Math.log2(uses.get(term) ?? 1);
  return sum / Math.sqrt(terms.size + 4);
}
