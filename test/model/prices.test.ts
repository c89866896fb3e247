import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usage } from '../../schemas/wire/call.ts';
import { NO_USAGE } from '../../src/core/call/usage.ts';
import { CATALOG, type Prices } from '../../src/model/catalog.ts';
import { Model } from '../../src/config/model.ts';
import { buildPriceList, dearestPrice } from '../../src/model/prices.ts';

const list = buildPriceList(CATALOG);
const NOW = Date.parse('2026-11-23T12:00:00Z');
const usage = (counts: Partial<Usage>): Usage => ({ ...NO_USAGE, source: 'provider', ...counts });

/**
 * USD per million tokens as price lists print them in November 2026: input, output, cache write for
 * 5 minutes, for 1 hour, cache read. `> n` is the price of a prompt of more than n tokens.
 */
const PRINTED: Record<string, [number, number, number, number, number]> = {
  'claude-fable-5-2': [8, 40, 10, 16, 0.2],
  'claude-mythos-5-2': [8, 40, 10, 16, 0.2],
  'claude-opus-5-5': [4, 20, 5, 8, 0.2],
  'claude-sonnet-5-5': [2, 10, 2.5, 4, 0.1],
  'claude-haiku-5-5': [0.1, 0.5, 0.125, 0.2, 0.01],
  'claude-haiku-5-5 > 100000': [0.5, 2.5, 0.625, 1, 0.05],
  'claude-fable-5-1': [10, 50, 12.5, 20, 0.25],
  'claude-mythos-5-1': [10, 50, 12.5, 20, 0.25],
  'claude-fable-5': [10, 50, 12.5, 20, 1],
  'claude-mythos-5': [10, 50, 12.5, 20, 1],
  'claude-opus-5': [5, 25, 6.25, 10, 0.5],
  'claude-opus-4-8': [5, 25, 6.25, 10, 0.5],
  'claude-opus-4-7': [5, 25, 6.25, 10, 0.5],
  'claude-opus-4-6': [5, 25, 6.25, 10, 0.5],
  'claude-opus-4-5': [5, 25, 6.25, 10, 0.5],
  'claude-sonnet-5': [2, 10, 2.5, 4, 0.2],
  'claude-sonnet-4-6': [3, 15, 3.75, 6, 0.3],
  'claude-sonnet-4-5': [3, 15, 3.75, 6, 0.3],
  'claude-sonnet-4-5 > 200000': [6, 22.5, 7.5, 12, 0.6],
  'claude-haiku-4-5': [1, 5, 1.25, 2, 0.1],
};
const COUNTS = ['input', 'output', 'cache_write_5m', 'cache_write_1h', 'cache_read'] as const;

describe('the catalog', () => {
  it('has the models of the printed list and no others', () => {
    const models = Object.keys(PRINTED).filter((name) => !name.includes('>'));
    expect(Object.keys(CATALOG).sort()).toEqual(models.sort());
  });

  it.each(Object.entries(PRINTED))('has the printed prices of %s', (name, printed) => {
    const [model = '', over = '0'] = name.split(' > ');
    // So many tokens read make the prompt long where that counts; they are priced by the last column.
    const read = usage({ cache_read: over === '0' ? 0 : Number(over) + 1 });
    const base = list.price(model, read, NOW).costNanoUsd;
    expect(base).toBe(read.cache_read * Math.round(printed[4] * 1_000));
    for (const [i, count] of COUNTS.entries()) {
      const more = usage({ ...read, [count]: read[count] + 1_000 });
      const { costNanoUsd } = list.price(model, more, NOW);
      expect(costNanoUsd - base, count).toBe(Math.round((printed[i] ?? NaN) * 1_000_000));
    }
  });

  it('has only prices that are whole nano-dollars per token, and none that is free', () => {
    const rows = Object.values(CATALOG).flatMap(({ prices }) =>
      prices.flatMap((row): Prices[] => [row, ...(row.longPrompt ? [row.longPrompt.prices] : [])]),
    );
    for (const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } of rows) {
      for (const price of [input, output, cacheRead, cacheWrite5m, cacheWrite1h]) {
        expect(Math.round(price * 1_000) / 1_000).toBe(price);
        expect(price).toBeGreaterThan(0);
      }
      expect(cacheRead).toBeLessThan(input);
    }
  });

  it('has rows in the order of their days, each a real day', () => {
    for (const { prices } of Object.values(CATALOG)) {
      const days = prices.map(({ from }) => from);
      expect([...days].sort()).toEqual(days);
      for (const day of days) expect(new Date(day).toISOString().slice(0, 10)).toBe(day);
    }
  });
});

describe('a price', () => {
  const read = usage({ cache_read: 1_000 });

  it('is that of the day: the cut of a price starts at midnight UTC', () => {
    const cut = Date.parse('2026-10-07T00:00:00Z');
    expect(list.price('claude-sonnet-5-5', read, cut - 1)).toEqual({
      costNanoUsd: 200_000,
      priceId: 'claude-sonnet-5-5@2025-01-01',
      promptCacheSavedNanoUsd: 1_800_000,
    });
    expect(list.price('claude-sonnet-5-5', read, cut)).toEqual({
      costNanoUsd: 100_000,
      priceId: 'claude-sonnet-5-5@2026-10-07',
      promptCacheSavedNanoUsd: 1_900_000,
    });
  });

  it('is an integer that a ledger can hold, whatever is counted', () => {
    for (const output of [2 ** 53 - 1, 1e300, Infinity, Number.NaN]) {
      const { costNanoUsd } = list.price('claude-opus-5', usage({ output }), NOW);
      expect(costNanoUsd).toBe(1e13);
    }
    for (const output of [-1, -1e300, -Infinity])
      expect(list.price('claude-opus-5', usage({ output }), NOW).costNanoUsd).toBe(0);
    expect(list.price('claude-opus-5', usage({ output: 20.5 }), NOW).costNanoUsd).toBe(512_500);
  });

  it('is the first one known for a call before the first day', () => {
    const { priceId } = list.price('claude-haiku-5-5', read, Date.parse('2020-01-01'));
    expect(priceId).toBe('claude-haiku-5-5@2026-10-07');
  });

  it.each(['input', 'cache_read', 'cache_write_5m', 'cache_write_1h'] as const)(
    'steps up for the whole request once the prompt is over 100,000 tokens: %s',
    (count) => {
      const short = list.price('claude-haiku-5-5', usage({ [count]: 100_000, output: 10 }), NOW);
      const long = list.price('claude-haiku-5-5', usage({ [count]: 100_001, output: 10 }), NOW);
      expect(short.priceId).not.toContain('+long');
      expect(long.priceId).toBe(`${short.priceId}+long`);
      expect(long.costNanoUsd).toBeGreaterThan(4.9 * short.costNanoUsd);
    },
  );

  it('does not step up for a long answer to a short prompt', () => {
    const { costNanoUsd, priceId } = list.price(
      'claude-haiku-5-5',
      usage({ output: 128_000 }),
      NOW,
    );
    expect(priceId).not.toContain('+long');
    expect(costNanoUsd).toBe(128_000 * 500);
  });

  it('does not count thinking twice: it is part of the output', () => {
    const plain = list.price('claude-opus-5-5', usage({ output: 500 }), NOW);
    const thought = list.price('claude-opus-5-5', usage({ output: 500, thinking: 400 }), NOW);
    expect(thought).toEqual(plain);
  });

  it('of a model named with its date is that of the model', () => {
    expect(list.price('claude-haiku-4-5-20251001', read, NOW).costNanoUsd).toBe(
      list.price('claude-haiku-4-5', read, NOW).costNanoUsd,
    );
  });

  it.each([
    '',
    'gpt-9',
    'claude-opus',
    'claude-haiku-4-5-2025',
    'claude-haiku-4-5-20251001-v1',
    'CLAUDE-HAIKU-4-5',
    'constructor',
    '__proto__',
    'toString-20250101',
  ])('of an unknown model is an error, never nothing: %j', (model) => {
    const unknown = expect.objectContaining({ code: 'unknown_model' }) as Error;
    expect(() => list.facts(model)).toThrow(unknown);
    expect(() => list.price(model, read, NOW)).toThrow(unknown);
  });
});

describe('the cost of usage', () => {
  const count = fc.nat(40_000);
  const anyUsage = fc
    .record({
      input: count,
      output: count,
      cache_read: fc.nat(9_000),
      cache_write_5m: fc.nat(9_000),
      cache_write_1h: fc.nat(9_000),
    })
    .map(usage);
  const model = fc.constantFrom(...Object.keys(CATALOG));
  const at = fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2027-12-31') });
  const plus = (a: Usage, b: Usage): Usage =>
    usage(Object.fromEntries(COUNTS.map((name) => [name, a[name] + b[name]])));

  it('adds up within one row of the list, is whole and never negative', () => {
    fc.assert(
      fc.property(model, at, fc.tuple(anyUsage, anyUsage), (name, when, [a, b]) => {
        const price = (each: Usage) => list.price(name, each, when);
        const both = price(plus(a, b));
        fc.pre(price(a).priceId === both.priceId && price(b).priceId === both.priceId);
        expect(both.costNanoUsd).toBe(price(a).costNanoUsd + price(b).costNanoUsd);
        expect(Number.isSafeInteger(both.costNanoUsd)).toBe(true);
        expect(both.costNanoUsd).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('never falls when a prompt grows over the step', () => {
    const sizes = fc.tuple(fc.nat(400_000), fc.nat(50_000));
    fc.assert(
      fc.property(model, at, sizes, (name, when, [input, more]) => {
        const price = (tokens: number) => list.price(name, usage({ input: tokens }), when);
        expect(price(input + more).costNanoUsd).toBeGreaterThanOrEqual(price(input).costNanoUsd);
      }),
    );
  });

  it('and what the prompt cache saved are the price of the same tokens without it', () => {
    fc.assert(
      fc.property(model, at, anyUsage, (name, when, used) => {
        const { cache_read, cache_write_5m, cache_write_1h } = used;
        const input = used.input + cache_read + cache_write_5m + cache_write_1h;
        const plain = list.price(name, usage({ input, output: used.output }), when);
        const { costNanoUsd, promptCacheSavedNanoUsd } = list.price(name, used, when);
        expect(costNanoUsd + promptCacheSavedNanoUsd).toBe(plain.costNanoUsd);
        expect(plain.promptCacheSavedNanoUsd).toBe(0);
      }),
    );
  });

  it('is more with a cache that is only written to: it has saved less than nothing', () => {
    const { promptCacheSavedNanoUsd } = list.price(
      'claude-sonnet-5-5',
      usage({ cache_write_1h: 1_000 }),
      NOW,
    );
    expect(promptCacheSavedNanoUsd).toBe(-2_000_000);
  });
});

describe('a price that is finer than a nano-dollar a token', () => {
  const usd = fc.nat(50_000_000).map((pico) => pico / 1e6);
  const tokens = fc.nat(1_000_000);
  const listOf = (input: number, output: number) =>
    buildPriceList({
      fine: {
        tokenFactor: 1,
        contextTokens: 1,
        maxOutputTokens: 1,
        cacheMinimumTokens: 1,
        prices: [
          { from: '2025-01-01', input, output, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 },
        ],
      },
    });

  it('is accepted by the settings, and counted exactly: 0.0375 dollars a million', () => {
    const model = {
      prices: [
        { input: 0.0375, output: 0.15, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0.000_001 },
      ],
    };
    expect(Model.safeParse(model).success).toBe(true);
    const list = listOf(0.0375, 0.15);
    const cost = (input: number) => list.price('fine', { ...NO_USAGE, input }, 0).costNanoUsd;
    expect(cost(1_000_000)).toBe(37_500_000);
    expect([cost(0), cost(1), cost(2), cost(3)]).toEqual([0, 38, 75, 113]);
  });

  it('is rounded up once an attempt, by less than a nano-dollar', () => {
    fc.assert(
      fc.property(
        fc.tuple(usd, usd),
        fc.tuple(tokens, tokens),
        (usdPerMillion, [input, output]) => {
          const [inputUsd, outputUsd] = usdPerMillion;
          const list = listOf(inputUsd, outputUsd);
          const { costNanoUsd } = list.price('fine', { ...NO_USAGE, input, output }, 0);
          const pico =
            BigInt(input) * BigInt(Math.round(inputUsd * 1e6)) +
            BigInt(output) * BigInt(Math.round(outputUsd * 1e6));
          expect(BigInt(costNanoUsd)).toBe((pico + 999n) / 1000n);
        },
      ),
    );
  });

  it('is never cheaper than the dearest price that was held for it', () => {
    const each = fc.record({ input: fc.nat(1_000), read: fc.nat(1_000), write: fc.nat(1_000) });
    const prices = fc.record({ input: usd, output: usd, cacheRead: usd, cacheWrite5m: usd });
    fc.assert(
      fc.property(each, prices, fc.nat(1_000), ({ input, read, write }, row, output) => {
        const list = buildPriceList({
          fine: {
            tokenFactor: 1,
            contextTokens: 1,
            maxOutputTokens: 1,
            cacheMinimumTokens: 1,
            prices: [{ from: '2025-01-01', ...row, cacheWrite1h: 0 }],
          },
        });
        const usage = { ...NO_USAGE, input, cache_read: read, cache_write_5m: write, output };
        const promptTokens = input + read + write;
        const dearest = dearestPrice(list, {
          model: 'fine',
          cacheSystem: '5m',
          promptTokens,
          outputTokens: output,
          at: 0,
        });
        expect(list.price('fine', usage, 0).costNanoUsd).toBeLessThanOrEqual(dearest.costNanoUsd);
      }),
    );
  });
});
