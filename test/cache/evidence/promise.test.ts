import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/cache/eval/questions.ts';
import { sized } from '../../support/depth.ts';
import { play, DAY_MS, type Judged } from './traffic.ts';

const RULE = { maxFalseHits: 0.02 };

interface Traffic {
  seed: number;
  count: number;
  perDay: number;
  /** Similarity, from two even draws. */
  similarity?: (random: () => number) => number;
  /** Share of wrong hits at a similarity, at the label of that number. */
  wrong: (similarity: number, index: number) => number;
}

function draw({ seed, count, perDay, similarity, wrong }: Traffic): Judged[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const drawn = similarity?.(random) ?? 0.85 + 0.15 * random();
    return {
      similarity: drawn,
      same: random() >= wrong(drawn, index),
      at: index * (DAY_MS / perDay),
    };
  });
}

const seeds = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('the promise', () => {
  it.each([0.021, 0.03])(
    'is kept: hits of which %d are wrong are hardly ever served, however long it is tried',
    (share) => {
      const RUNS = sized(20, 60);
      const opened = seeds(RUNS).filter((seed) => {
        const traffic = { seed, count: 2_500, perDay: 60, wrong: () => share };
        return play(draw(traffic), RULE).opened.length > 0;
      });
      expect(opened.length / RUNS).toBeLessThanOrEqual(0.05);
    },
  );

  it('is kept where the closest hits are the worst, as they are with word overlap', () => {
    const opened = seeds(sized(8, 25)).filter((seed) => {
      const traffic = { seed, count: 2_000, perDay: 100 };
      const wrong = (similarity: number): number => (similarity > 0.97 ? 0.08 : 0.1);
      return play(draw({ ...traffic, wrong }), RULE).opened.length > 0;
    });
    expect(opened).toEqual([]);
  });
});

describe('a good embedder', () => {
  const traffic = {
    count: 2_500,
    perDay: 100,
    wrong: (similarity: number): number => (similarity >= 0.92 ? 0.002 : 0.3),
  };

  it('opens with some hundred labels', () => {
    for (const seed of seeds(sized(2, 5))) {
      const [opened] = play(draw({ ...traffic, seed, wrong: () => 0.001 }), RULE).opened;
      expect(opened).toBeLessThanOrEqual(1_000);
    }
  });

  it('opens as far down as hits are right', () => {
    const tried = sized(4, 10);
    const thresholds = seeds(tried).flatMap(
      (seed) => play(draw({ ...traffic, seed }), RULE).states.at(-1)?.threshold ?? [],
    );
    expect(thresholds.length).toBeGreaterThanOrEqual(0.7 * tried);
    expect(Math.min(...thresholds)).toBeGreaterThanOrEqual(0.9);
    expect(Math.max(...thresholds)).toBeLessThanOrEqual(0.95);
  });

  it('shows a bound within the rule whenever it serves, and above it whenever it does not', () => {
    for (const { state, bound } of play(draw({ ...traffic, seed: 3 }), RULE).states) {
      expect(bound <= RULE.maxFalseHits).toBe(state === 'serving');
    }
  });

  it('is seldom closed without need', () => {
    const closed = seeds(sized(2, 4)).flatMap((seed) => {
      const fine = { seed, count: 3_000, perDay: 100, wrong: () => 0.002 };
      return play(draw(fine), RULE).closed;
    });
    expect(closed.length).toBeLessThanOrEqual(1);
  });
});

describe('a sudden break', () => {
  const BREAK = 1_200;
  const BROKEN = sized(3, 8);
  /** Labels from the break until it closes, of runs that served when it came. */
  const delays = (share: number): number[] =>
    seeds(BROKEN).flatMap((seed) => {
      const wrong = (_: number, index: number): number => (index < BREAK ? 0.001 : share);
      const traffic = { seed, count: BREAK + 300, perDay: 100, wrong };
      const { opened, closed } = play(draw(traffic), RULE);
      const before = (counts: number[]): number => counts.filter((each) => each <= BREAK).length;
      if (before(opened) === before(closed)) return [];
      expect(opened.filter((count) => count > BREAK)).toEqual([]);
      return [(closed.find((count) => count > BREAK) ?? Infinity) - BREAK];
    });

  /** Measured with 40 runs: half of them within 4, 7 and 16, the slowest at 10, 15 and 164. */
  it.each([
    [0.5, 12],
    [0.3, 25],
    [0.1, 170],
  ])('to a share of %d closes it within %d labels, and it stays closed', (share, labels) => {
    const found = delays(share);
    expect(found.length).toBeGreaterThanOrEqual(0.6 * BROKEN);
    expect(Math.max(...found)).toBeLessThanOrEqual(labels);
  });
});
