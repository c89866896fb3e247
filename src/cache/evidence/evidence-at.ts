import type { EvidenceLabel, ServingState } from '../../stores/ports/cache.ts';
import { sinceAlarm } from './alarm.ts';
import { upperBound } from './bound.ts';

/** A verdict on a hit that was, or would have been, served. */
export type LabelledPair = Pick<EvidenceLabel, 'similarity' | 'same' | 'at'>;

/** What is known of hits: so many judged, so many of them wrong, and the bound that gives. */
export type Evidence = Pick<ServingState, 'judged' | 'wrong' | 'bound'>;

/** What is allowed, and the chance of being misled that is taken. */
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
