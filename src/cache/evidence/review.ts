import type { ServingState } from '../../stores/ports/cache.ts';
import { evidenceAt, type Evidence, type LabelledPair } from './evidence-at.ts';
import { findThreshold } from './find-threshold.ts';

/** The promise on the hits. */
export interface ServingRule {
  /** The share of them that may be wrong, 0 to 1. */
  maxFalseHits: number;
  /** … and the confidence that no more are. */
  confidence?: number;
}

/** The newest labels count, so many: what holds today is to be known, not what held once. */
export const WINDOW = 2_000;

const CONFIDENCE = 0.95;
const DAY_MS = 86_400_000;
/** Looks cost confidence: without that many more labels there is little new to see. */
const GROWTH = 1.25;

/**
 * Whether the evidence is to be looked at again: at the first label, when there are twice as many as at
 * the last look, after a day a quarter more, or after a week as many as ever count.
 * @param labels how many there are
 * @param now milliseconds since the epoch
 */
export function isReviewDue(state: ServingState | null, labels: number, now: number): boolean {
  if (labels >= Math.max(1, 2 * (state?.labels ?? 0))) return true;
  if (state === null) return false;
  const days = (now - state.at) / DAY_MS;
  const grown = labels > state.labels && labels >= GROWTH * state.labels;
  return (days >= 1 && grown) || (days >= 7 && labels >= WINDOW);
}

/**
 * Look at the evidence: which hits may be served, from which similarity on.
 *
 * Looks are paid for: the k-th that tests anything tests with alpha 6 a / (pi^2 k^2), which adds up to
 * a = 1 - confidence over all looks. So with that confidence no class ever opens whose hits are wrong
 * more often than the rule allows. What serves goes on while its bound at the full alpha is within the
 * rule: that opens nothing, so it costs nothing. The figures are those that decided: the bound is
 * within the rule exactly when it serves.
 * @param labels oldest first; one per pair, drawn evenly from all that would be hits
 * @param rule with the present moment, milliseconds since the epoch
 */
export function review(
  labels: readonly LabelledPair[],
  before: ServingState | null,
  { now, ...rule }: ServingRule & { now: number },
): ServingState {
  const newest = labels.slice(-WINDOW);
  const { looks = 0 } = before ?? {};
  const looked = { labels: newest.length, at: now };
  const present = serves(before) ? presentOf(newest, before, rule) : null;
  // The break may reach closer hits too, of which there are fewer: nothing is tested.
  if (present?.evidence.isBroken) {
    return { ...inState({ ...present, threshold: null }), ...looked, looks };
  }
  const alpha = (6 * alphaOf(rule)) / (Math.PI * (looks + 1)) ** 2;
  const found = findThreshold(newest, { ...rule, alpha });
  const best = present && !isBetter(found, present, rule) ? present : found;
  return { ...inState(best), ...looked, looks: found.tested ? looks + 1 : looks };
}

/**
 * Whether what serves must stop before the next look; to be asked for every new label. A false alarm
 * costs some hits and a missed one costs the promise, so this asks not for proof that too many are
 * wrong but for a break: once hits have become wrong too often (`sinceAlarm`), only those labels count
 * that came afterwards, until they alone keep the rule. A single wrong label breaks nothing; what it
 * does to the bound is seen at the next look. A look is what closes it.
 * @param recent oldest first
 */
export const shouldStop = (
  recent: readonly LabelledPair[],
  state: ServingState,
  rule: ServingRule,
): boolean => serves(state) && presentOf(recent.slice(-WINDOW), state, rule).evidence.isBroken;

const alphaOf = ({ confidence = CONFIDENCE }: ServingRule): number => 1 - confidence;

type Serves = ServingState & { threshold: number };

const serves = (state: ServingState | null): state is Serves =>
  state?.state === 'serving' && state.threshold !== null;

interface ThresholdEvidence<Threshold> {
  threshold: Threshold;
  evidence: Evidence;
}

/** The present threshold, its evidence. */
function presentOf(
  labels: readonly LabelledPair[],
  { threshold }: Serves,
  rule: ServingRule,
): ThresholdEvidence<number> & { evidence: { isBroken: boolean } } {
  const { maxFalseHits } = rule;
  const evidence = evidenceAt(labels, threshold, { maxFalseHits, alpha: alphaOf(rule) });
  return { threshold, evidence };
}

/** Anything is where the present breaks the rule; else only what serves more. */
const isBetter = (
  { threshold }: ThresholdEvidence<number | null>,
  present: ThresholdEvidence<number>,
  { maxFalseHits }: ServingRule,
): boolean =>
  present.evidence.bound > maxFalseHits || (threshold !== null && threshold <= present.threshold);

const inState = ({
  threshold,
  evidence: { judged, wrong, bound },
}: ThresholdEvidence<number | null>): Omit<ServingState, 'looks' | 'labels' | 'at'> => ({
  state: threshold === null ? 'shadow' : 'serving',
  threshold,
  judged,
  wrong,
  bound,
});
