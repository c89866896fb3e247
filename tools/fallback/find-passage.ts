import type { TextPassage } from './passages.ts';
import { buildTermReader, type TermReader } from './words.ts';

export interface FoundPassage {
  passage: TextPassage;
  /** Position of the sentence nearest to the question. */
  nearest: number;
  /** Share of the question's weight that this sentence and the headings have words for, 0 to 1. */
  overlap: number;
  /** Number of different words of the question these are. */
  matched: number;
  /** The same share for the heading right above alone. */
  headed: number;
  /** The greatest such share that any heading has. */
  mostHeaded: number;
}

/** A heading that asks little else is nearer than one that asks for more. */
const PRECISION_BONUS = 0.3;

/** The question's words in a passage. */
interface Match {
  passage: TextPassage;
  heading: ReadonlySet<string>;
  above: readonly string[];
  sentences: readonly (readonly string[])[];
  /** Share of the words of the heading that are in the question. */
  precision: number;
}

/** The share of the question's weight that some of its words have. */
type WeighTerms = (terms: ReadonlySet<string>) => number;

/** The passage that shares most with a question, rare words weighing more; null without any. */
export function findPassage(
  question: string,
  passages: readonly TextPassage[],
): FoundPassage | null {
  const readTerms = buildTermReader();
  const asked = new Set(readTerms(question));
  const matches = passages.map((passage) => matchTerms(passage, asked, readTerms));
  const weigh = weighTerms(asked, matches);
  let best: Omit<FoundPassage, 'mostHeaded'> | null = null;
  let bestScore = 0;
  let mostHeaded = 0;
  for (const match of matches) {
    const found = judge(match, weigh);
    // Headings of handbooks are questions: what they have counts twice.
    const score = found.overlap + found.headed + PRECISION_BONUS * match.precision;
    if (score > bestScore) [best, bestScore] = [found, score];
    mostHeaded = Math.max(mostHeaded, found.headed);
  }
  return best && { ...best, mostHeaded };
}

function matchTerms(
  passage: TextPassage,
  asked: ReadonlySet<string>,
  readTerms: TermReader,
): Match {
  const readShared = (text: string) => readTerms(text).filter((term) => asked.has(term));
  const heading = new Set(readShared(passage.heading));
  return {
    passage,
    heading,
    above: readShared(passage.above),
    sentences: passage.sentences.map(readShared),
    precision: heading.size / (new Set(readTerms(passage.heading)).size || 1),
  };
}

/** Words scattered over a whole passage prove nothing: one sentence must hold what headings do not. */
function judge({ passage, heading, above, sentences }: Match, weigh: WeighTerms) {
  const found = { passage, nearest: 0, overlap: 0, matched: 0, headed: weigh(heading) };
  for (const [nearest, own] of sentences.entries()) {
    const terms = new Set([...heading, ...above, ...own]);
    const overlap = weigh(terms);
    if (overlap > found.overlap) Object.assign(found, { nearest, overlap, matched: terms.size });
  }
  return found;
}

/** The rarer a word is among the passages, the more it weighs; most when it is in none of them. */
function weighTerms(asked: ReadonlySet<string>, matches: readonly Match[]): WeighTerms {
  const spread = new Map<string, number>();
  for (const { heading, above, sentences } of matches)
    for (const term of new Set([...heading, ...above, ...sentences.flat()]))
      spread.set(term, (spread.get(term) ?? 0) + 1);
  const weights = new Map(
    [...asked].map((term) => [term, Math.log(1 + matches.length / (spread.get(term) ?? 0.5))]),
  );
  const sum = (terms: ReadonlySet<string>) =>
    [...terms].reduce((total, term) => total + (weights.get(term) ?? 0), 0);
  const total = sum(asked) || 1;
  return (terms) => Math.min(1, sum(terms) / total);
}
