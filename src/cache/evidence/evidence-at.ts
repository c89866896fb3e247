import type { EvidenceLabel, ServingState } from '../../stores/ports/cache.ts';
import { upperBound } from './bound.ts';

/** A verdict on a hit that was, or would have been, served. */
export type LabelledPair = Pick<EvidenceLabel, 'similarity' | 'same' | 'at'>;

/** Evidence on hits: so many judged, so many of them wrong, and the bound that gives. */
export type Evidence = Pick<ServingState, 'judged' | 'wrong' | 'bound'>;

/** The share allowed, and the chance of being misled, alpha. */
export interface Test {
  maxFalseHits: number;
  alpha: number;
}

/**
 * The evidence for hits from a threshold on: all of them, and where those are within the rule, only
 * those since hits were last wrong too often, if they say less. A break is not outweighed by a good past.
 * @param labels oldest first
 */
export function evidenceAt(
  labels: readonly LabelledPair[],
  threshold: number,
  { maxFalseHits, alpha }: Test,
): Evidence & { isBroken: boolean } {
  const hits = labels.filter(({ similarity }) => similarity >= threshold);
  const since = sinceAlarm(hits, maxFalseHits);
  const [all, late] = [boundOf(hits, alpha), boundOf(since, alpha)];
  const isBroken = since !== hits && late.bound > maxFalseHits;
  const isWeaker = all.bound <= maxFalseHits && late.bound > all.bound;
  return { ...(isWeaker ? late : all), isBroken };
}

function boundOf(labels: readonly Pick<EvidenceLabel, 'same'>[], alpha: number): Evidence {
  const wrong = labels.filter(({ same }) => !same).length;
  return { judged: labels.length, wrong, bound: upperBound(wrong, labels.length, alpha) };
}

/** Odds of wrong hits that the alarm is tuned to, as a ratio to the odds of the rule. */
const WORSE = 5;
/** Likelihood ratio of those odds to the share allowed, for an alarm. */
const LIKELIER = 10;

/**
 * The labels since hits last became wrong too often; all of them where they never did. Both a sudden
 * break and a slow one are found by a cumulative sum of log likelihood ratios, `WORSE` odds against
 * those of the rule, that never falls below zero (E. S. Page, Biometrika 41 (1954), 100-115). At 2 %
 * two wrong ones with at most nine right ones between them are enough, or three with 29.
 * @param labels oldest first
 * @param share the share of wrong hits that is allowed, 0 to 1
 */
export function sinceAlarm<Judged extends Pick<EvidenceLabel, 'same'>>(
  labels: readonly Judged[],
  share: number,
): readonly Judged[] {
  const right = -Math.log1p((WORSE - 1) * share);
  const wrong = Math.log(WORSE) + right;
  const most = Math.log(LIKELIER);
  let [sum, start] = [0, 0];
  labels.forEach(({ same }, index) => {
    sum = Math.max(0, sum + (same ? right : wrong));
    if (sum < most) return;
    [sum, start] = [0, index + 1];
  });
  return start === 0 ? labels : labels.slice(start);
}
