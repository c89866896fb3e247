import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/cache/eval/questions.ts';
import { isReviewDue, review, shouldStop, WINDOW } from '../../../src/cache/evidence/review.ts';
import type { ServingState } from '../../../src/stores/ports/cache.ts';
import { DAY_MS, type Judged } from './traffic.ts';

const RULE = { maxFalseHits: 0.02 };
const NOW = 1_800_000_000_000;
const at = { ...RULE, now: NOW };

/** So many labels at a similarity, the first of them wrong. */
const some = (count: number, similarity: number, wrong = 0): Judged[] =>
  Array.from({ length: count }, (_, index) => ({ similarity, same: index >= wrong, at: NOW }));
/** Wrong ones evenly among the others. */
const spread = (count: number, wrong: number, similarity = 0.995): Judged[] =>
  Array.from({ length: count }, (_, index) => ({
    similarity,
    same: index % Math.ceil(count / wrong) !== 7,
    at: NOW,
  }));
const serving = (threshold: number, looks = 1): ServingState => ({
  state: 'serving',
  threshold,
  looks,
  at: NOW,
  labels: 200,
  judged: 200,
  wrong: 0,
  bound: 0.018,
});

describe('the first look', () => {
  it('opens at 228 labels none of which is wrong, and not at 227', () => {
    expect(review(some(228, 0.995), null, at)).toMatchObject({
      state: 'serving',
      threshold: 0.99,
      looks: 1,
      labels: 228,
      judged: 228,
      wrong: 0,
      at: NOW,
    });
    expect(review(some(227, 0.995), null, at)).toMatchObject({
      state: 'shadow',
      threshold: null,
      judged: 227,
      wrong: 0,
    });
  });

  it('costs no confidence while there are too few labels for any verdict', () => {
    expect(review(some(227, 0.995), null, at).looks).toBe(0);
    expect(review([], null, at)).toMatchObject({ state: 'shadow', looks: 0, judged: 0, bound: 1 });
  });

  it('starts where there are enough labels and takes the lowest threshold that passes', () => {
    const labels = [...some(100, 0.97), ...some(100, 0.95), ...some(100, 0.93)];
    expect(review(labels, null, at)).toMatchObject({ threshold: 0.93, judged: 300 });
  });

  it('goes no further down than there are labels', () => {
    expect(review(some(400, 0.962), null, at).threshold).toBe(0.96);
  });

  it('goes down to where too many are wrong, and not beyond', () => {
    const labels = [...some(300, 0.995), ...some(20, 0.985, 10), ...some(400, 0.97)];
    expect(review(labels, null, at)).toMatchObject({ threshold: 0.99, judged: 300 });
  });

  it('starts again with more labels where the first few had one wrong', () => {
    const labels = [...some(240, 0.995, 1), ...some(300, 0.97)];
    expect(review(labels, null, at)).toMatchObject({
      state: 'serving',
      threshold: 0.97,
      judged: 540,
      wrong: 1,
    });
  });

  it('stays shut where too many are wrong', () => {
    const state = review(spread(700, 30), null, at);
    expect(state).toMatchObject({ state: 'shadow', threshold: null, looks: 1 });
    expect(state.bound).toBeGreaterThan(RULE.maxFalseHits);
  });

  it('keeps a bound that says why it is open', () => {
    expect(review(spread(700, 2), null, at)).toMatchObject({ state: 'serving', wrong: 2 });
    expect(review(spread(700, 2), null, at).bound).toBeLessThanOrEqual(RULE.maxFalseHits);
  });

  it('needs fewer labels where less confidence is asked for', () => {
    const labels = some(200, 0.995);
    expect(review(labels, null, at).state).toBe('shadow');
    expect(review(labels, null, { ...at, confidence: 0.8 }).state).toBe('serving');
  });

  it('never opens where nothing may be wrong', () => {
    expect(review(some(2_000, 0.995), null, { ...at, maxFalseHits: 0 })).toMatchObject({
      state: 'shadow',
      looks: 0,
    });
  });
});

describe('a later look', () => {
  const shadow: ServingState = { ...serving(0.9, 1), state: 'shadow', threshold: null };

  it('needs more evidence than the first', () => {
    expect(review(some(295, 0.995), shadow, at).state).toBe('shadow');
    expect(review(some(296, 0.995), shadow, at)).toMatchObject({ state: 'serving', looks: 2 });
  });

  it('leaves open what keeps the rule, however many looks there were', () => {
    const state = review(some(200, 0.95), serving(0.95, 30), at);
    expect(state).toMatchObject({ state: 'serving', threshold: 0.95, judged: 200 });
    expect(state.bound).toBeLessThanOrEqual(RULE.maxFalseHits);
  });

  it('opens further down', () => {
    const labels = [...some(400, 0.96), ...some(200, 0.92)];
    expect(review(labels, serving(0.96), at).threshold).toBe(0.92);
  });

  it('serves less where only the closer hits keep the rule', () => {
    const farther = spread(200, 10, 0.91);
    const labels = [...farther, ...some(400, 0.985)];
    expect(review(labels, serving(0.9), at)).toMatchObject({ threshold: 0.98, judged: 400 });
  });

  it('serves nothing where what it served broke just now', () => {
    const labels = [...some(400, 0.985), ...some(100, 0.91), ...some(3, 0.91, 3)];
    expect(review(labels, serving(0.98), at).state).toBe('serving');
    expect(review(labels, serving(0.9), at).state).toBe('shadow');
  });

  it('closes what has broken the rule', () => {
    expect(review(spread(400, 8), serving(0.9), at)).toMatchObject({
      state: 'shadow',
      threshold: null,
      wrong: 8,
    });
  });

  it('forgets what was long ago', () => {
    const labels = [...some(400, 0.995, 200), ...some(WINDOW, 0.995)];
    expect(review(labels, shadow, at)).toMatchObject({ judged: WINDOW, wrong: 0, labels: WINDOW });
  });

  it('opens after a break only on what came since', () => {
    const before = some(1_500, 0.995);
    const broken = some(4, 0.995, 4);
    for (const [since, state] of [
      [241, 'shadow'],
      [242, 'serving'],
    ] as const) {
      expect(review([...before, ...broken, ...some(since, 0.995)], shadow, at)).toMatchObject({
        state,
        judged: since,
      });
    }
  });
});

describe('what serves', () => {
  const before = some(400, 0.95);

  it('goes on with a wrong label, which the next look weighs', () => {
    expect(shouldStop([...before, ...some(1, 0.95, 1)], serving(0.95), RULE)).toBe(false);
  });

  it('closes at the second wrong one soon after, and stays closed', () => {
    const broken = [...before, ...some(1, 0.95, 1), ...some(5, 0.95), ...some(1, 0.95, 1)];
    expect(shouldStop(broken, serving(0.95), RULE)).toBe(true);
    expect(shouldStop([...broken, ...some(100, 0.95)], serving(0.95), RULE)).toBe(true);
    const closed = review(broken, serving(0.95, 3), at);
    expect(closed).toMatchObject({
      state: 'shadow',
      threshold: null,
      looks: 3,
      labels: 407,
      at: NOW,
    });
    expect(closed.bound).toBeGreaterThan(RULE.maxFalseHits);
    expect(isReviewDue(closed, 450, NOW + 2 * DAY_MS)).toBe(false);
  });

  it('does not mind what is wrong below its threshold', () => {
    expect(shouldStop([...before, ...some(50, 0.9, 50)], serving(0.95), RULE)).toBe(false);
  });

  it('does not mind a break before it opened again', () => {
    const labels = [...some(4, 0.95, 4), ...some(300, 0.95)];
    expect(shouldStop(labels, serving(0.95), RULE)).toBe(false);
  });

  it('is nothing in shadow', () => {
    const shadow: ServingState = { ...serving(0.9), state: 'shadow', threshold: null };
    expect(shouldStop(some(9, 0.95, 9), shadow, RULE)).toBe(false);
  });
});

describe('a look is due', () => {
  const state = serving(0.9);
  const full = { ...state, labels: WINDOW };
  it.each<[string, ServingState | null, [labels: number, days: number], boolean]>([
    ['not before there are labels', null, [0, 9], false],
    ['… nor while there are none', { ...state, labels: 0 }, [0, 9], false],
    ['at the first', null, [1, 0], true],
    ['when the labels have doubled', state, [400, 0], true],
    ['not earlier on the same day', state, [399, 0.99], false],
    ['after a day with a quarter more', state, [250, 1], true],
    ['not after days with little more', state, [249, 9], false],
    ['after a week where no more count', full, [WINDOW, 7], true],
    ['… and not sooner', full, [WINDOW, 6.9], false],
  ])('%s', (...[, before, [labels, days], due]) => {
    expect(isReviewDue(before, labels, NOW + days * DAY_MS)).toBe(due);
  });
});

describe('labels in any order of similarity', () => {
  it('give the same verdict as long as nothing breaks', () => {
    const random = seededRandom(5);
    const labels = Array.from({ length: 600 }, () => ({
      similarity: 0.8 + 0.2 * random(),
      same: true,
      at: NOW,
    }));
    const sorted = [...labels].sort((one, other) => one.similarity - other.similarity);
    expect(review(sorted, null, at)).toEqual(review(labels, null, at));
    expect(review(labels, null, at).threshold).toBeLessThan(0.81);
  });
});
