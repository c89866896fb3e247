import {
  isReviewDue,
  review,
  shouldStop,
  WINDOW,
  type ServingRule,
} from '../../../src/cache/evidence/review.ts';
import type { ServingState } from '../../../src/stores/ports/cache.ts';

export const DAY_MS = 86_400_000;

export interface Judged {
  similarity: number;
  same: boolean;
  at: number;
}

/** What a class went through. */
export interface Story {
  /** State after each label. */
  states: ServingState[];
  /** Counts of labels at which it opened and closed. */
  opened: number[];
  closed: number[];
}

/** Label after label as the tier does it: a check for each, a look when one is due. */
export function play(labels: readonly Judged[], rule: ServingRule): Story {
  const story: Story = { states: [], opened: [], closed: [] };
  let before: ServingState | null = null;
  for (const [index, { at: now }] of labels.entries()) {
    const count = index + 1;
    const after = next(before, { labels, count, rule: { ...rule, now } });
    if (after) story.states.push(after);
    if (isServing(after) && !isServing(before)) story.opened.push(count);
    if (isServing(before) && !isServing(after)) story.closed.push(count);
    before = after;
  }
  return story;
}

interface Moment {
  labels: readonly Judged[];
  /** How many of them there are by now. */
  count: number;
  rule: ServingRule & { now: number };
}

function next(before: ServingState | null, moment: Moment): ServingState | null {
  const { labels, count, rule } = moment;
  const mayLook = isReviewDue(before, Math.min(count, WINDOW), rule.now);
  if (!mayLook && !isServing(before)) return before;
  const newest = labels.slice(Math.max(0, count - WINDOW), count);
  const isLook = mayLook || (before && shouldStop(newest, before, rule));
  return isLook ? review(newest, before, rule) : before;
}

const isServing = (state: ServingState | null): boolean => state?.state === 'serving';
