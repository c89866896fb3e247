import { fewestLabels } from './bound.ts';
import { evidenceAt, type Evidence, type LabelledPair, type Test } from './evidence-at.ts';

/** Hundredths: the thresholds that are tried, from above. */
const HIGHEST = 99;
const LOWEST = 50;
/**
 * Starts of the sequence, the later ones after a failure: where it first has as many labels as
 * suffice when none is wrong, and twice and four times as many, for a single wrong one among the
 * first would else decide everything. Each start has an equal part of alpha.
 */
const STARTS = [1, 2, 4];

/** Result of a search. */
export interface FoundThreshold {
  /** The threshold, where one passed. */
  threshold: number | null;
  /** Its grounds. */
  evidence: Evidence;
  /** Whether there was enough to test anything: if not, no alpha was spent. */
  tested: boolean;
}

/**
 * The lowest threshold from which on hits keep the rule. Thresholds are tried in a fixed order, from
 * above; what passes hands its alpha on to the next, so no correction is needed for their number
 * (the fallback procedure: B. L. Wiens, Pharmaceutical Statistics 2 (2003), 211-215). The starts are
 * chosen by similarities alone, never by verdicts.
 * @param labels oldest first
 */
export function findThreshold(
  labels: readonly LabelledPair[],
  { maxFalseHits, alpha }: Test,
): FoundThreshold {
  const part = alpha / STARTS.length;
  const enough = fewestLabels(maxFalseHits, part);
  let [own, started, found]: [number, number, FoundThreshold | null] = [0, 0, null];
  for (const { threshold, count } of steps(labels)) {
    const reached = STARTS.filter((times) => count >= times * enough).length;
    own += (reached - started) * part;
    started = reached;
    if (own === 0 && started === STARTS.length) break;
    if (own === 0) continue;
    const evidence = evidenceAt(labels, threshold, { maxFalseHits, alpha: own });
    const passed = evidence.bound <= maxFalseHits;
    if (!passed) own = 0;
    if (passed) found = { threshold, evidence, tested: true };
    else if (!found?.threshold) found = { threshold: null, evidence, tested: true };
  }
  if (found) return found;
  const evidence = evidenceAt(labels, -1, { maxFalseHits, alpha: part });
  return { threshold: null, evidence, tested: false };
}

/** Thresholds with labels of their own: the others say nothing of what would be served from there on. */
function* steps(labels: readonly LabelledPair[]): Generator<{ threshold: number; count: number }> {
  const descending = Float64Array.from(labels, ({ similarity }) => similarity)
    .sort()
    .reverse();
  let count = 0;
  for (let each = HIGHEST; each >= LOWEST; each -= 1) {
    const [threshold, seen] = [each / 100, count];
    while ((descending[count] ?? -Infinity) >= threshold) count += 1;
    if (count > seen) yield { threshold, count };
  }
}
