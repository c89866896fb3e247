import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countPromptTokens, scaleSegments } from '../../src/simulator/prompt-tokens.ts';
import { REFUSAL_TRIGGER } from '../../src/simulator/refusal.ts';
import type { Segment } from '../../src/simulator/segments.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import type { MessageUsage } from '../../src/simulator/usage.ts';
import { ask, billOf, lastEntry, stream, SUMMARY } from './faults-support.ts';
import { clientFor } from './support.ts';

let simulator: Simulator;
let plain: MessageUsage;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'usage' });
  plain = (await usageOf()).usage;
});
afterAll(() => simulator.close());

interface Told {
  usage: MessageUsage;
}

/** An answer in one piece. */
async function usageOf(fault?: string, body: object = {}): Promise<Told> {
  const headers: Record<string, string> = fault === undefined ? {} : { 'x-sim-fault': fault };
  return (await (await ask(simulator, body, headers)).json()) as Told;
}

/** The counts of `message_start` and of `message_delta`. */
async function streamedUsage(fault: string): Promise<{ start: unknown; end: unknown }> {
  const events = await clientFor(simulator).messages.create(
    { ...SUMMARY, stream: true },
    { headers: { 'x-sim-fault': fault } },
  );
  const told: { start: unknown; end: unknown } = { start: null, end: null };
  for await (const event of events) {
    if (event.type === 'message_start') told.start = event.message.usage;
    if (event.type === 'message_delta') told.end = event.usage;
  }
  return told;
}

describe('undercounted-input', () => {
  it('is that multiple at the start, at the end, in one piece and on the bill', async () => {
    const input_tokens = Math.round(plain.input_tokens * 1.67);
    expect(input_tokens).toBeGreaterThan(plain.input_tokens);
    const told = await streamedUsage('undercounted-input');
    expect(told).toMatchObject({ start: { input_tokens }, end: { input_tokens } });
    const entry = await lastEntry(simulator);
    expect(entry.usage).toEqual({ ...plain, input_tokens });
    expect(entry.billed_nano_usd).toBe(input_tokens * 100 + plain.output_tokens * 500);
    expect((await usageOf('undercounted-input')).usage).toEqual({ ...plain, input_tokens });
  });

  it('takes so much more of the token bucket', async () => {
    const inputTokensPerMinute = 2 * plain.input_tokens;
    const tight = await startSimulator({
      speed: Infinity,
      now: () => new Date('2026-11-26T10:00:00Z'),
      limits: { inputTokensPerMinute },
    });
    const statusOf = async (fault: string): Promise<number> =>
      (await ask(tight, {}, { 'x-sim-fault': fault })).status;
    expect(await statusOf('undercounted-input;factor=2.01')).toBe(429);
    expect(await statusOf('undercounted-input;factor=1.99')).toBe(200);
    expect(await statusOf('undercounted-input;factor=1')).toBe(429);
    await tight.close();
  });

  it('is also that of what is written to the cache and read from it', async () => {
    const cache_control = { type: 'ephemeral' };
    const text = 'The parcel is late. '.repeat(2_000);
    const body = { system: [{ type: 'text', text, cache_control }] };
    const usual = (await usageOf(undefined, body)).usage;
    expect(usual.cache_creation_input_tokens).toBeGreaterThan(1_000);
    // The prefix is in the cache, whatever its tokens count.
    const read = (await usageOf('undercounted-input;factor=3', body)).usage;
    expect(read).toMatchObject({
      cache_read_input_tokens: 3 * usual.cache_creation_input_tokens,
      cache_creation_input_tokens: 0,
      input_tokens: 3 * usual.input_tokens,
    });
  });

  it('adds up, whatever the factor and the parts of the prompt', () => {
    const segment = (tokens: number): Segment => ({
      layer: 'messages',
      key: 'k',
      ttl: null,
      isCacheable: true,
      tokens,
      bytes: tokens,
    });
    fc.assert(
      fc.property(
        fc.array(fc.nat(5_000).map(segment)),
        fc.double({ min: 1, max: 100, noNaN: true }),
        (segments, factor) => {
          const scaled = scaleSegments(segments, factor);
          const sum = scaled.reduce((total, { tokens }) => total + tokens, 0);
          const whole = countPromptTokens(segments, factor);
          expect(scaled.every(({ tokens }) => Number.isInteger(tokens) && tokens >= 0)).toBe(true);
          // The frame around the segments is never cached, so it is never less than nothing.
          expect(whole).toBeGreaterThanOrEqual(sum);
          expect(whole - countPromptTokens(segments) * factor).toBeLessThanOrEqual(0.5);
          expect(scaleSegments(segments, 1)).toEqual(segments);
        },
      ),
    );
  });
});

describe('late-thinking', () => {
  const late = (tokens: number): MessageUsage => ({
    ...plain,
    output_tokens: plain.output_tokens + tokens,
    output_tokens_details: { thinking_tokens: tokens },
  });

  it('is in the last counts and on the bill, and in no event before', async () => {
    const told = await streamedUsage('late-thinking');
    expect(told).toMatchObject({
      start: { output_tokens: 2, output_tokens_details: { thinking_tokens: 0 } },
      end: {
        output_tokens: plain.output_tokens + 300,
        output_tokens_details: { thinking_tokens: 300 },
      },
    });
    const entry = await lastEntry(simulator);
    expect(entry.usage).toEqual(late(300));
    expect(entry.billed_nano_usd).toBe(billOf(entry));
    const seen = await stream(simulator, { fault: 'late-thinking' });
    expect(seen.types).toEqual((await stream(simulator)).types);
    expect((await usageOf('late-thinking;tokens=20')).usage).toEqual(late(20));
  });

  it('keeps to max_tokens, unless it is told not to', async () => {
    const max_tokens = plain.output_tokens + 40;
    expect((await usageOf('late-thinking', { max_tokens })).usage).toEqual(late(40));
    expect((await usageOf('late-thinking;over=1', { max_tokens })).usage).toEqual(late(300));
  });

  it('takes so much more of the token bucket', async () => {
    const tight = await startSimulator({
      speed: Infinity,
      now: () => new Date('2026-11-26T10:00:00Z'),
      limits: { outputTokensPerMinute: plain.output_tokens + 300 },
    });
    const { status } = await ask(tight, {}, { 'x-sim-fault': 'late-thinking' });
    expect(status).toBe(200);
    expect((await ask(tight)).status).toBe(429);
    await tight.close();
  });

  it('is not billed to a client that leaves before it', async () => {
    const unhurried = await startSimulator({ speed: 5 });
    const leave = new AbortController();
    const onDelta = (): void => {
      leave.abort();
    };
    await stream(unhurried, { fault: 'late-thinking', signal: leave.signal, onDelta });
    const entry = await lastEntry(unhurried);
    expect(entry).toMatchObject({ fault: 'late-thinking', ended: 'client_gone' });
    expect(entry.usage).toMatchObject({ output_tokens_details: { thinking_tokens: 0 } });
    expect(entry.billed_nano_usd).toBe(billOf(entry));
    await unhurried.close();
  });

  it('leaves a refusal free', async () => {
    const messages = [{ role: 'user', content: REFUSAL_TRIGGER }];
    await usageOf('late-thinking', { messages });
    expect(await lastEntry(simulator)).toMatchObject({ billed_nano_usd: 0 });
  });
});
