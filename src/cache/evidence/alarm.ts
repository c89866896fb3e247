import type { EvidenceLabel } from '../../stores/ports/cache.ts';

/** How much more often hits must be wrong for the alarm to be tuned to it, as a ratio of odds. */
const WORSE = 5;
/** How much likelier that must have become than the share that is allowed. */
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
