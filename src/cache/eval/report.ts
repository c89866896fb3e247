import { upperBound } from '../evidence/bound.ts';
import type { Replayed, ReplayedHit } from './replay.ts';

/** Counts of one tier, or of all. */
export interface TierReport {
  tier: string;
  hits: number;
  /** Share of all questions, 0 to 1 … */
  hitRate: number;
  /** … and of those in the second half of the stream, when there is something to be served from. */
  secondHalf: number;
  /** Hits whose labels differ. */
  wrong: number;
  /** Their share of the hits, and its 95 % confidence interval. */
  wrongShare: number;
  low: number;
  high: number;
}

const TIERS = ['exact', 'canonical', 'similar', 'judged'] as const;
/** Half of it on either side. */
const ALPHA = 0.05;

export const isWrong = ({ asked, kept }: ReplayedHit): boolean => asked.label !== kept.label;

/** A line for each tier and one for all. Intervals are those of Clopper and Pearson. */
export const reportTiers = ({ questions, hits }: Replayed): TierReport[] => [
  ...TIERS.map((tier) =>
    toReport(
      tier,
      hits.filter((hit) => hit.tier === tier),
      questions,
    ),
  ),
  toReport('all', hits, questions),
];

function toReport(tier: string, hits: readonly ReplayedHit[], questions: number): TierReport {
  const half = Math.floor(questions / 2);
  const late = hits.filter(({ index }) => index >= half).length;
  const wrong = hits.filter(isWrong).length;
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    tier,
    hits: hits.length,
    hitRate: share(hits.length, questions),
    secondHalf: share(late, questions - half),
    wrong,
    wrongShare: share(wrong, hits.length),
    low: 1 - upperBound(hits.length - wrong, hits.length, ALPHA / 2),
    high: upperBound(wrong, hits.length, ALPHA / 2),
  };
}
