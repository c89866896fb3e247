import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../schemas/wire/call.ts';
import { amountNeeded, amountUsed, mostOutput } from '../../src/budget/amounts.ts';
import type { Rule } from '../../src/budget/rule.ts';
import type { AttemptRecord } from '../../src/core/call/attempt-record.ts';
import type { WorstUse } from '../../src/core/call/hold.ts';
import { NO_USAGE } from '../../src/core/call/usage.ts';
import { fakeAttempt } from '../support/calls.ts';
import { runs } from '../support/depth.ts';

type Count = Pick<Rule, 'unit' | 'weights'>;
type Weights = Rule['weights'];

const ONES: Weights = { input: 1, output: 1, thinking: 1, cache_read: 1, cache_write: 1 };
const tokens = (weights: Partial<Weights> = {}): Count => ({
  unit: 'tokens',
  weights: { ...ONES, ...weights },
});
const USD: Count = { unit: 'usd', weights: ONES };
const REQUESTS: Count = { unit: 'requests', weights: ONES };
const used = (usage: Partial<Usage>): AttemptRecord =>
  fakeAttempt({ usage: { ...NO_USAGE, ...usage } });

const count = fc.nat(200_000);
const usage = fc
  .record({
    input: count,
    cache_read: count,
    cache_write_5m: count,
    cache_write_1h: count,
    plain: count,
    thinking: count,
  })
  .map(({ plain, ...rest }): Usage => ({
    ...rest,
    output: plain + rest.thinking,
    source: 'provider',
  }));
const attempt = fc
  .record({
    usage,
    costNanoUsd: fc.nat(2_000_000_000),
    reached: fc.constantFrom('not_sent' as const, 'unknown' as const, 'answered' as const),
  })
  .map(fakeAttempt);
const attempts = fc.array(attempt, { maxLength: 6 });
const need: fc.Arbitrary<WorstUse> = fc.record({
  promptTokens: fc.nat(1_000_000),
  outputTokens: fc.nat(200_000),
  nanoUsd: fc.nat(2_000_000_000),
});
const weightsOf = (weight: fc.Arbitrary<number>): fc.Arbitrary<Weights> =>
  fc.record({
    input: weight,
    output: weight,
    thinking: weight,
    cache_read: weight,
    cache_write: weight,
  });
const decimals = weightsOf(fc.nat(100_000).map((thousandths) => thousandths / 1_000));
const anyWeights = fc.oneof(
  decimals,
  weightsOf(fc.double({ min: 0, max: 100, noNaN: true })),
  weightsOf(fc.constantFrom(0, 1e-9, 0.1, 1 / 3, 1, 100)),
);
const rule = fc.record({
  unit: fc.constantFrom('tokens' as const, 'usd' as const, 'requests' as const),
  weights: anyWeights,
});

/** Any attempt that takes no more than a need in any kind: the prompt and the output split at will. */
const within = ({ promptTokens, outputTokens, nanoUsd }: WorstUse): fc.Arbitrary<AttemptRecord> => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  return fc.array(share, { minLength: 6, maxLength: 6 }).map((shares) => {
    const take = (index: number, of: number) => Math.floor((shares[index] ?? 0) * of);
    const input = take(0, promptTokens);
    const cache_read = take(1, promptTokens - input);
    const cache_write_5m = take(2, promptTokens - input - cache_read);
    const cache_write_1h = promptTokens - input - cache_read - cache_write_5m;
    const output = take(3, outputTokens);
    return fakeAttempt({
      costNanoUsd: take(4, nanoUsd),
      usage: {
        input,
        cache_read,
        cache_write_5m,
        cache_write_1h,
        output,
        thinking: take(5, output),
        source: 'provider',
      },
    });
  });
};

describe('what a call has used', () => {
  it('in tokens is each kind by its weight, thinking not counted twice', () => {
    const rule = tokens({ input: 1, cache_read: 2, cache_write: 3, output: 5, thinking: 7 });
    const of = (counts: Partial<Usage>) => amountUsed(rule, [used(counts)]);
    expect(of({ input: 10 })).toBe(10);
    expect(of({ cache_read: 10 })).toBe(20);
    expect(of({ cache_write_5m: 10 })).toBe(30);
    expect(of({ cache_write_1h: 10 })).toBe(30);
    expect(of({ output: 10 })).toBe(50);
    expect(of({ output: 10, thinking: 4 })).toBe(6 * 5 + 4 * 7);
  });

  it('in tokens is rounded up, once for the whole call', () => {
    const rule = tokens({ input: 0.4 });
    expect(amountUsed(rule, [used({ input: 1 })])).toBe(1);
    expect(amountUsed(rule, [used({ input: 1 }), used({ input: 1 })])).toBe(1);
    expect(amountUsed(rule, [used({ input: 2 }), used({ input: 1 })])).toBe(2);
  });

  it('in tokens is not a token more because decimals are not exact in binary', () => {
    expect(0.07 * 100).toBeGreaterThan(7);
    expect(amountUsed(tokens({ input: 0.07 }), [used({ input: 100 })])).toBe(7);
    expect(amountUsed(tokens({ input: 0.1 }), Array(30).fill(used({ input: 1 })))).toBe(3);
  });

  it('in tokens is exact for any weights of three decimals', () => {
    const thousandths = (weight: number) => BigInt(Math.round(weight * 1_000));
    fc.assert(
      fc.property(decimals, attempts, (weights, made) => {
        const sum = made.reduce((total, { usage: each }) => {
          const writes = each.cache_write_5m + each.cache_write_1h;
          return (
            total +
            BigInt(each.input) * thousandths(weights.input) +
            BigInt(each.cache_read) * thousandths(weights.cache_read) +
            BigInt(writes) * thousandths(weights.cache_write) +
            BigInt(each.output - each.thinking) * thousandths(weights.output) +
            BigInt(each.thinking) * thousandths(weights.thinking)
          );
        }, 0n);
        expect(amountUsed(tokens(weights), made)).toBe(Number((sum + 999n) / 1_000n));
      }),
    );
  });

  it('in dollars is what its attempts cost, in requests whether one of them left', () => {
    fc.assert(
      fc.property(attempts, (made) => {
        const cost = made.map(({ costNanoUsd }) => costNanoUsd).reduce((a, b) => a + b, 0);
        expect(amountUsed(USD, made)).toBe(cost);
        const left = made.filter(({ reached }) => reached !== 'not_sent').length;
        expect(amountUsed(REQUESTS, made)).toBe(Math.min(1, left));
      }),
    );
  });

  it('moves with its own unit and with nothing else', () => {
    fc.assert(
      fc.property(anyWeights, attempts, attempt, (weights, made, other) => {
        const amounts = (last: AttemptRecord) =>
          (['tokens', 'usd', 'requests'] as const).map((unit) =>
            amountUsed({ unit, weights }, [...made, last]),
          );
        const none = fakeAttempt({ reached: 'not_sent' });
        const [inTokens, inUsd, inRequests] = amounts(none);
        const counted = fakeAttempt({ reached: 'not_sent', usage: other.usage });
        expect(amounts(counted).slice(1)).toEqual([inUsd, inRequests]);
        const cost = other.costNanoUsd;
        expect(amounts(fakeAttempt({ reached: 'not_sent', costNanoUsd: cost }))).toEqual([
          inTokens,
          (inUsd ?? NaN) + cost,
          inRequests,
        ]);
        expect(amounts(fakeAttempt({ reached: 'answered' }))).toEqual([inTokens, inUsd, 1]);
        const ones = (last: AttemptRecord) => amountUsed(tokens(), [...made, last]);
        const { input, cache_read, cache_write_5m, cache_write_1h, output } = other.usage;
        expect(ones(counted) - ones(none)).toBe(
          input + cache_read + cache_write_5m + cache_write_1h + output,
        );
      }),
    );
  });
});

describe('what a call will have used', () => {
  it('in tokens takes every token for the kind that weighs most', () => {
    const of = (weights: Partial<Weights>) =>
      amountNeeded(tokens(weights), [used({ input: 7 })], {
        promptTokens: 100,
        outputTokens: 10,
        nanoUsd: 999,
      });
    expect(of({})).toBe(117);
    expect(of({ cache_read: 3 })).toBe(7 + 300 + 10);
    expect(of({ cache_write: 3 })).toBe(7 + 300 + 10);
    expect(of({ thinking: 3 })).toBe(7 + 100 + 30);
    expect(of({ output: 3 })).toBe(7 + 100 + 30);
  });

  it('in requests is one, however many attempts there were', () => {
    fc.assert(
      fc.property(attempts, need, (made, more) => {
        expect(amountNeeded(REQUESTS, made, more)).toBe(1);
      }),
    );
  });

  it('in dollars is what it has cost and the price of what may come', () => {
    fc.assert(
      fc.property(attempts, need, (made, more) => {
        expect(amountNeeded(USD, made, more)).toBe(amountUsed(USD, made) + more.nanoUsd);
      }),
    );
  });

  it('is never less than what it then uses, if that takes no more than was said', () => {
    const bought = need.chain((each) => fc.tuple(fc.constant(each), within(each)));
    fc.assert(
      fc.property(rule, attempts, bought, (of, made, [said, taken]) => {
        const needed = amountNeeded(of, made, said);
        expect(amountUsed(of, [...made, taken])).toBeLessThanOrEqual(needed);
        expect(Number.isSafeInteger(needed)).toBe(true);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('moves with its own unit and with nothing else', () => {
    fc.assert(
      fc.property(anyWeights, attempts, fc.tuple(need, need), (weights, made, [one, two]) => {
        const of = (unit: Count['unit'], which: WorstUse) =>
          amountNeeded({ unit, weights }, made, which);
        expect(of('tokens', { ...one, nanoUsd: two.nanoUsd })).toBe(of('tokens', one));
        expect(of('usd', { ...two, nanoUsd: one.nanoUsd })).toBe(of('usd', one));
        const ones = (which: WorstUse) => amountNeeded(tokens(), made, which);
        expect(ones(two) - ones(one)).toBe(
          two.promptTokens + two.outputTokens - one.promptTokens - one.outputTokens,
        );
      }),
    );
  });
});

describe('the most a call may still write', () => {
  const prompt = need.map((each): WorstUse => ({ ...each, outputTokens: 0 }));
  const price = fc.nat(75_000);
  const withOutput = (of: WorstUse, written: number, each: number): WorstUse => ({
    ...of,
    outputTokens: written,
    nanoUsd: of.nanoUsd + written * each,
  });

  it('fits the amount, and one token more does not', () => {
    // Amounts about what is needed: most random ones would be far too much or too little.
    const left = fc.record({
      part: fc.double({ min: 0, max: 2, noNaN: true }),
      more: fc.nat(9_999),
    });
    const asked = fc.tuple(prompt, price, left);
    fc.assert(
      fc.property(rule, attempts, asked, (of, made, [read, each, { part, more }]) => {
        const amount = Math.floor(amountNeeded(of, made, read) * part) + more;
        const most = mostOutput(of, made, {
          prompt: read,
          nanoUsdPerOutputToken: each,
          amount,
        });
        const needed = (written: number) => amountNeeded(of, made, withOutput(read, written, each));
        if (needed(0) > amount) {
          expect(most).toBe(0);
        } else if (most === Infinity) {
          expect(needed(1_000_000)).toBe(needed(0));
        } else {
          expect(needed(most)).toBeLessThanOrEqual(amount);
          expect(needed(most + 1)).toBeGreaterThan(amount);
        }
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('is nothing where not even the prompt fits, and never negative', () => {
    const read = { promptTokens: 100, outputTokens: 0, nanoUsd: 100 };
    for (const each of [tokens(), USD]) {
      expect(mostOutput(each, [], { prompt: read, nanoUsdPerOutputToken: 1, amount: 99 })).toBe(0);
      expect(mostOutput(each, [], { prompt: read, nanoUsdPerOutputToken: 1, amount: 100 })).toBe(0);
      expect(mostOutput(each, [], { prompt: read, nanoUsdPerOutputToken: 1, amount: 101 })).toBe(1);
    }
    expect(mostOutput(REQUESTS, [], { prompt: read, nanoUsdPerOutputToken: 1, amount: 0 })).toBe(0);
  });

  it('has no bound where what is written does not count', () => {
    const read = { promptTokens: 100, outputTokens: 0, nanoUsd: 100 };
    const free = tokens({ output: 0, thinking: 0 });
    expect(mostOutput(free, [], { prompt: read, nanoUsdPerOutputToken: 5, amount: 100 })).toBe(
      Infinity,
    );
    expect(mostOutput(free, [], { prompt: read, nanoUsdPerOutputToken: 5, amount: 99 })).toBe(0);
    expect(mostOutput(USD, [], { prompt: read, nanoUsdPerOutputToken: 0, amount: 100 })).toBe(
      Infinity,
    );
    expect(mostOutput(USD, [], { prompt: read, nanoUsdPerOutputToken: 0, amount: 99 })).toBe(0);
    expect(mostOutput(REQUESTS, [], { prompt: read, nanoUsdPerOutputToken: 5, amount: 1 })).toBe(
      Infinity,
    );
  });

  it('fits also an amount that no call can use up', () => {
    const huge = fc.integer({ min: 10_000_000_000, max: 1_000_000_000_000 });
    fc.assert(
      fc.property(anyWeights, prompt, huge, (weights, read, amount) => {
        const most = mostOutput(tokens(weights), [], {
          prompt: read,
          nanoUsdPerOutputToken: 0,
          amount,
        });
        fc.pre(most !== Infinity);
        const needed = amountNeeded(tokens(weights), [], { ...read, outputTokens: most });
        expect(needed).toBeLessThanOrEqual(amount);
        expect(most).toBeGreaterThan(10_000_000);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
