import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Call, Event, Outcome } from '../../src/call/call.ts';
import { defineTool, type Tool, type ToolContext } from '../../src/call/tool.ts';
import { problem } from '../../src/errors/problem.ts';
import { buildRunTool } from '../../src/layers/run-tool.ts';
import { CATALOG } from '../../src/model/catalog.ts';
import { buildPriceList } from '../../src/model/prices.ts';
import { READS_OUR_BOOKS } from '../../tools/annotations.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { classifyText } from '../../tools/classify-text.ts';
import { fakeCall } from '../support/calls.ts';
import { ANSWER, fakeProvider, type FakeAnswer } from '../support/fake-provider.ts';

const MODEL = 'claude-sonnet-5-5';
const services = { books: {}, estimate: () => Promise.resolve(null), now: () => 7 } as never;

/** Run a tool whose model answers like this; the clock steps on by `tickMs` at each look. */
async function run(
  tool: Tool,
  answer: FakeAnswer = ANSWER,
  over: Partial<Call> & { tickMs?: number } = {},
) {
  const { tickMs = 1, ...rest } = over;
  let clock = 1_000;
  const events: Event[] = [];
  const provider = fakeProvider(answer);
  const layer = buildRunTool({
    provider,
    prices: buildPriceList(CATALOG),
    now: () => (clock += tickMs),
    plan: () =>
      Promise.resolve({
        prompt: { id: 'p', version: 'v7', system: 'S', user: 'U' },
        models: [MODEL],
        reason: '',
        maxOutputTokens: 99,
        replySchema: { type: 'object' },
        estimate: () => ({}) as never,
      }),
    services,
  });
  const call = fakeCall({ tool, emit: (event) => void events.push(event), ...rest });
  const outcome = await layer(call, () => Promise.reject(new Error('nothing is below'))).catch(
    (error: unknown) => error as Error,
  );
  return { outcome, events, call, provider };
}
const fn = (work: (input: { a: string }, context: ToolContext) => Promise<{ a: string }>): Tool =>
  defineTool({
    name: 'echo',
    title: 'Echo',
    description: 'Says it again.',
    input: z.object({ a: z.string() }),
    output: z.object({ a: z.string() }),
    examples: [{ title: 'One', input: { a: 'a' } }],
    annotations: READS_OUR_BOOKS,
    policy: { deadlineMs: 1_000 },
    run: work,
  });

describe('a function tool', () => {
  it('gets its input and who calls, and its answer is served by a function', async () => {
    let seen: Partial<ToolContext> = {};
    const tool = fn((input, context) => {
      seen = context;
      return Promise.resolve(input);
    });
    const { outcome, call, events, provider } = await run(tool, ANSWER, { input: { a: 'x' } });
    expect(outcome).toEqual({ ok: true, output: { a: 'x' } });
    expect(seen).toMatchObject({ principal: 'local', signal: call.signal });
    expect(seen.now?.()).toBe(7);
    expect(call.meta).toMatchObject({ servedBy: 'function', prompt: null, attempts: [] });
    expect(events).toEqual([{ event: 'call', data: { id: 'call_1', tool: 'echo', prompt: null } }]);
    expect(provider.requests).toEqual([]);
  });

  it.each([new TypeError('secret'), 'text', undefined])(
    'that throws is tool_failed: %j',
    async (thrown) => {
      const { outcome, call } = await run(
        fn(() => {
          throw thrown as Error;
        }),
      );
      expect(outcome).toMatchObject({ code: 'tool_failed', details: { cause: thrown } });
      expect((outcome as Error).message).not.toContain('secret');
      expect(call.meta.servedBy).toBe('none');
    },
  );

  it('may end with a problem of its own', async () => {
    const own = problem('unknown_call', { detail: 'No such call.' });
    expect((await run(fn(() => Promise.reject(own)))).outcome).toBe(own);
  });

  it('that was stopped ends with why it was stopped, not with the error that made', async () => {
    const controller = new AbortController();
    const tool = fn((input, { signal }) => wait(10_000, input, { signal }));
    const running = run(tool, ANSWER, { signal: controller.signal });
    controller.abort(problem('deadline_exceeded', { detail: 'Too long.' }));
    expect((await running).outcome).toMatchObject({ code: 'deadline_exceeded' });
  });
});

describe('a model tool', () => {
  it('asks what the plan says and books prompt, model and attempts', async () => {
    const { outcome, call, provider } = await run(answerQuestion);
    expect(outcome).toMatchObject({ ok: true, output: { answer: 'Within 30 days.' } });
    expect(provider.requests).toMatchObject([
      { model: MODEL, system: 'S', user: 'U', maxOutputTokens: 99 },
    ]);
    expect(call.meta).toMatchObject({
      prompt: { id: 'p', version: 'v7', variant: null },
      model: MODEL,
      servedBy: 'model',
      attempts: [{ outcome: 'ok' }],
    });
  });

  it('with a streaming field sends its text alone, after the event that names the call', async () => {
    const { events } = await run(answerQuestion, {
      ...ANSWER,
      pieces: ['{"answer":"With', 'in 30 days.",', '"found":true,"sources":[]}'],
    });
    expect(events).toEqual([
      { event: 'call', data: { id: 'call_1', tool: 'answer_question', prompt: 'p@v7' } },
      { event: 'delta', data: { text: 'With' } },
      { event: 'delta', data: { text: 'in 30 days.' } },
    ]);
  });

  it('without a streaming field sends progress that grows, not oftener than twice a second', async () => {
    const pieces = ['{"label":', '"billing",', '"confidence":1,', '"reason":"the invoice"}'];
    const { events } = await run(classifyText, { pieces }, { tickMs: 300 });
    expect(events[0]?.event).toBe('call');
    const said = events
      .slice(1)
      .map((each) => (each.event === 'progress' ? each.data.output_tokens : NaN));
    expect(said.length).toBeGreaterThan(1);
    expect([...said].sort((a, b) => a - b)).toEqual(said);
    const hasty = await run(classifyText, { pieces }, { tickMs: 1 });
    expect(hasty.events.map(({ event }) => event)).toEqual(['call', 'progress']);
  });

  it('knows when its first text came, and what was sent when it breaks', async () => {
    const { outcome, call } = await run(answerQuestion, { pieces: ['{"answer":"With'], cut: true });
    expect(outcome).toMatchObject({ code: 'model_stream_broken' });
    expect(call.meta.partial).toEqual({ usable: true, text_chars: 4 });
    expect(call.meta.ttftMs).toBeGreaterThan(0);
    expect(call.meta).toMatchObject({ servedBy: 'none', attempts: [{ outcome: 'failed' }] });
  });

  it('has sent nothing of use when it breaks before the field', async () => {
    const { call } = await run(answerQuestion, { pieces: ['{"ans'], cut: true });
    expect(call.meta.partial).toBeNull();
  });

  it.each(['Sure! Here is the answer.', '{"answer":"Within', ''])(
    'that does not answer in JSON has failed, and is billed all the same: %j',
    async (text) => {
      const { outcome, call } = await run(answerQuestion, { pieces: [text] });
      expect(outcome).toMatchObject({ code: 'invalid_output' });
      expect(call.meta.attempts[0]?.costNanoUsd).toBeGreaterThan(0);
    },
  );

  it('waits for the front before it reads on', async () => {
    let taken = 0;
    const slow = {
      emit: async () => {
        await wait(5);
        taken += 1;
      },
    };
    const { outcome } = await run(answerQuestion, ANSWER, slow);
    expect((outcome as Outcome).ok).toBe(true);
    // The event that names the call, and two pieces of text.
    expect(taken).toBe(3);
  });

  it('without a tool is a bug', async () => {
    const call = fakeCall();
    const layer = buildRunTool({ services } as never);
    await expect(layer(call, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'validate-input',
    );
  });
});
