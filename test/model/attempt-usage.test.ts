import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_USAGE, promptTokens } from '../../src/core/call/usage.ts';
import {
  believe,
  nothingReceived,
  reachOf,
  usageOf,
  type ExpectedPrompt,
  type ReceivedSoFar,
} from '../../src/model/attempt-usage.ts';

/** What we expect the provider to count: most of the prompt comes from its cache. */
const PROMPT: ExpectedPrompt = {
  input: 100,
  cache_read: 600,
  cache_write_5m: 0,
  cache_write_1h: 0,
};
const OUTPUT = 40;
const MOST = { prompt: 1_000_000, output: 100_000 };
const evidence = (heard: Partial<ReceivedSoFar>, hungUp = false, most = MOST) =>
  usageOf(
    { ...nothingReceived(), ...heard },
    { prompt: PROMPT, outputTokens: OUTPUT, most, hungUp },
  );
const usage = (heard: Partial<ReceivedSoFar>, hungUp = false) => evidence(heard, hungUp).usage;
/** All that a provider with a cache says of a prompt. */
const counted = (input: number, cache_read: number, cache_write_5m = 0) => ({
  input,
  cache_read,
  cache_write_5m,
});

const SENT = { sent: true };
const ANSWERED = { ...SENT, answered: true };
const STARTED = { ...ANSWERED, started: true };

describe('what an attempt used', () => {
  it('is nothing when it was never sent, even if we hung up', () => {
    expect(usage({})).toEqual(NO_USAGE);
    expect(usage({}, true)).toEqual(NO_USAGE);
  });

  it.each([SENT, ANSWERED])('is nothing when it failed before an answer began: %j', (heard) => {
    expect(usage(heard)).toEqual(NO_USAGE);
  });

  it.each([SENT, ANSWERED])('is its prompt when we hung up on its silence: %j', (heard) => {
    expect(usage(heard, true)).toEqual({
      ...NO_USAGE,
      ...PROMPT,
      output: OUTPUT,
      source: 'estimated',
    });
  });

  it('is the prompt as the provider counted it and the text as we do, once it began', () => {
    const counts = counted(5, 600, 7);
    for (const hungUp of [false, true]) {
      expect(usage({ ...STARTED, counts }, hungUp)).toEqual({
        ...NO_USAGE,
        ...counts,
        output: 40,
        source: 'estimated',
      });
    }
  });

  it('is our own count of the prompt for a provider that counts only in the end', () => {
    expect(usage(STARTED)).toMatchObject({ ...PROMPT, output: 40, source: 'estimated' });
  });

  it('has missing cache counts as zero, unless we had asked for the cache', () => {
    const received: ReceivedSoFar = {
      ...nothingReceived(),
      ...STARTED,
      ended: 'complete',
      counts: { input: 90, output: 1 },
    };
    const plain = { ...PROMPT, cache_read: 0 };
    const given = { prompt: plain, outputTokens: OUTPUT, most: MOST, hungUp: false };
    expect(usageOf(received, given).usage).toMatchObject({
      input: 90,
      cache_read: 0,
      source: 'provider',
    });
    expect(usage(received)).toMatchObject({ input: 90, cache_read: 600, source: 'estimated' });
  });

  it('has the thinking that was heard in its output', () => {
    expect(usage({ ...STARTED, thinkingChars: 10 })).toMatchObject({ output: 44, thinking: 4 });
  });

  it('is what the provider says in the end', () => {
    const counts = { ...counted(9, 1), output: 30, thinking: 12 };
    const heard = { ...STARTED, counts, ended: 'complete', thinkingChars: 99 } as const;
    expect(usage(heard)).toEqual({ ...NO_USAGE, ...counts, source: 'provider' });
    // Also when we hung up after its last word.
    expect(usage(heard, true).source).toBe('provider');
  });

  it('keeps a zero of the provider: it is a count', () => {
    const counts = { ...counted(0, 0), output: 0 };
    expect(usage({ ...STARTED, counts, ended: 'refused' })).toEqual({
      ...NO_USAGE,
      source: 'provider',
    });
  });

  it.each([[counted(9, 9)], [{ output: 9 }], [{}]])(
    'is no zero where the provider says nothing in the end: %j',
    (counts) => {
      expect(usage({ ...STARTED, counts, ended: 'complete' })).toEqual({
        ...NO_USAGE,
        ...PROMPT,
        output: OUTPUT,
        ...counts,
        source: 'estimated',
      });
    },
  );

  it('is never less than nothing, and free exactly when there is no evidence', () => {
    const count = fc.nat(100_000);
    const heard = fc.record({
      sent: fc.boolean(),
      started: fc.boolean(),
      thinkingChars: count,
      counts: fc.record({ input: count, output: count, cache_read: count }, { requiredKeys: [] }),
      ended: fc.constantFrom('complete' as const, 'truncated' as const, null),
    });
    fc.assert(
      fc.property(heard, fc.boolean(), (some, hungUp) => {
        const used = usage(some, hungUp);
        const { source, ...counts } = used;
        for (const tokens of Object.values(counts)) expect(tokens).toBeGreaterThanOrEqual(0);
        const { started, ended, thinkingChars, counts: told } = some;
        const hasBegun =
          started || ended !== null || thinkingChars > 0 || Object.keys(told).length > 0;
        expect(source === 'none').toBe(!some.sent || (!hasBegun && !hungUp));
      }),
    );
  });
});

describe('counts that cannot be true', () => {
  const most = { prompt: 200_000, output: 300 };

  it('are no more than was allowed, and say so when they were', () => {
    const limits = (told: number) =>
      evidence(
        { ...STARTED, ended: 'complete', text: 'x', counts: { ...counted(9, 0), output: told } },
        false,
        most,
      );
    expect(limits(300)).toMatchObject({ usage: { output: 300, source: 'provider' }, doubts: [] });
    expect(limits(301)).toMatchObject({ usage: { output: 300 }, doubts: ['output_above_limit'] });
    // More than the model can hold is no count: then ours is the better one.
    expect(limits(1e9)).toMatchObject({
      usage: { output: OUTPUT },
      doubts: ['output_above_limit'],
    });
  });

  it('leave no text without a price, whatever was said', () => {
    const count = fc.option(fc.nat(Number.MAX_SAFE_INTEGER), { nil: undefined });
    const told = fc.record({ input: count, output: count, cache_read: count, thinking: count });
    const text = fc.string({ minLength: 1, maxLength: 3_000 });
    fc.assert(
      fc.property(told, text, fc.boolean(), (said, words, ended) => {
        const heard = { ...nothingReceived(), ...STARTED, text: words };
        const counts = Object.fromEntries(
          Object.entries(said).filter(([, value]) => value !== undefined),
        );
        believe(heard, { type: 'start', counts }, most);
        const { usage: used, doubts } = usageOf(
          { ...heard, ended: ended ? 'complete' : null },
          { prompt: PROMPT, outputTokens: OUTPUT, most, hungUp: false },
        );
        const { source, ...parts } = used;
        for (const tokens of Object.values(parts)) {
          expect(Number.isSafeInteger(tokens)).toBe(true);
          expect(tokens).toBeGreaterThanOrEqual(0);
        }
        expect(used.output).toBeGreaterThan(0);
        expect(used.output).toBeLessThanOrEqual(most.output);
        expect(used.thinking).toBeLessThanOrEqual(used.output);
        expect(promptTokens(used)).toBeGreaterThan(0);
        expect(promptTokens(used)).toBeLessThanOrEqual(
          most.prompt + promptTokens({ ...NO_USAGE, ...PROMPT }),
        );
        expect(source === 'provider').toBe(doubts.length === 0);
      }),
    );
  });
});

describe('how far a request got', () => {
  it.each([
    [{}, 'not_sent'],
    [SENT, 'unknown'],
    [ANSWERED, 'answered'],
    [STARTED, 'answered'],
  ] as const)('%j is %s', (heard, reached) => {
    expect(reachOf({ ...nothingReceived(), ...heard })).toBe(reached);
  });
});
