import type { Label, ServingState } from '../../stores/cache-port.ts';
import { sinceAlarm } from './alarm.ts';
import { upperBound } from './bound.ts';

/** A verdict on a hit that was, or would have been, served. */
export type Judged = Pick<Label, 'similarity' | 'same' | 'at'>;

/** What is known of hits: so many judged, so many of them wrong, and the bound that gives. */
export type Evidence = Pick<ServingState, 'judged' | 'wrong' | 'bound'>;

/** What is allowed, and the chance of being misled that is taken. */
export interface Test {
  maxFalseHits: number;
  alpha: number;
}

/**
 * The evidence for hits from a threshold on. It is the weaker of two: of all of them, and of those
 * since they were last wrong too often, so that a break is not outweighed by a good past.
 * @param labels oldest first
 */
export function evidenceAt(
  labels: readonly Judged[],
  threshold: number,
  { maxFalseHits, alpha }: Test,
): Evidence & { isBroken: boolean } {
  const hits = labels.filter(({ similarity }) => similarity >= threshold);
  const since = sinceAlarm(hits, maxFalseHits);
  const [all, late] = [boundOf(hits, alpha), boundOf(since, alpha)];
  const isBroken = since !== hits && late.bound > maxFalseHits;
  return { ...(late.bound > all.bound ? late : all), isBroken };
}

function boundOf(labels: readonly Pick<Label, 'same'>[], alpha: number): Evidence {
  const wrong = labels.filter(({ same }) => !same).length;
  return { judged: labels.length, wrong, bound: upperBound(wrong, labels.length, alpha) };
}
