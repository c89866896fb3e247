import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Call, Event, Outcome } from '../../src/core/call/call.ts';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import {
  hasPrompt,
  defineTool,
  type Fallback,
  type Tool,
  type ToolContext,
} from '../../src/core/tool/define-tool.ts';
import { problem } from '../../src/errors/problem.ts';
import { buildRunTool } from '../../src/layers/run-tool.ts';
import { buildQueues } from '../../src/model/queue/queues.ts';
import { QUEUE_DEFAULTS } from '../../src/model/queue/settings.ts';
import type { ModelParts } from '../../src/model/run-attempt.ts';
import { READ_ONLY } from '../../tools/annotations.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { classifyText } from '../../tools/classify-text.ts';
import { fakeCall } from '../support/calls.ts';
import { ANSWER, fakeProvider, type FakeAnswer } from '../support/fake-provider.ts';
import { fakePlan, modelParts } from '../support/model-parts.ts';
import { usualPrompt } from '../support/prompts.ts';

const prompt = await usualPrompt('faq');

const MODEL = 'claude-sonnet-5-5';
const services = {
  ledger: () => ({}),
  estimate: () => () => Promise.resolve(null),
  now: () => 7,
} as never;

interface Around {
  call?: Partial<Call>;
  model?: Partial<ModelParts>;
  /** How far the clock steps on at each look. */
  tickMs?: number;
}

/** Run a tool whose model answers like this; a list is one answer after the other. */
async function run(
  tool: Tool,
  answer: FakeAnswer | [FakeAnswer, ...FakeAnswer[]] = ANSWER,
  { call: over, model, tickMs = 1 }: Around = {},
) {
  let clock = 1_000;
  const events: Event[] = [];
  const provider = Array.isArray(answer) ? fakeProvider(...answer) : fakeProvider(answer);
  const layer = buildRunTool({
    model: modelParts(provider, { now: () => (clock += tickMs), ...model }),
    checks: buildSchemaChecks(),
    knowledge: () => Promise.resolve({ text: (name) => `what ${name} says` }),
    services,
  });
  const plan = hasPrompt(tool) ? { plan: fakePlan(), chosen: { tool, prompt, variant: null } } : {};
  const route = { chain: 'balanced', reason: 'Because.' };
  const call = fakeCall(
    { tool, ...plan, emit: (event) => void events.push(event), ...over },
    hasPrompt(tool) ? { route } : {},
  );
  const outcome = await layer(call, () => Promise.reject(new Error('nothing is below'))).catch(
    (error: unknown) => error as Error,
  );
  return { outcome, events, call, provider };
}

const ONE_ATTEMPT: Around = { model: { mostAttempts: 1 } };
const CUT: FakeAnswer = { pieces: ['{"answer":"With'], cut: true };
const REFUSED: FakeAnswer = { error: problem('model_unavailable', { detail: 'It is down.' }) };
const withFallback = (fallback: Fallback, tool = answerQuestion): Tool => ({ ...tool, fallback });

const fn = (work: (input: { a: string }, context: ToolContext) => Promise<{ a: string }>): Tool =>
  defineTool({
    name: 'echo',
    title: 'Echo',
    description: 'Says it again.',
    input: z.object({ a: z.string() }),
    output: z.object({ a: z.string() }),
    examples: [{ title: 'One', input: { a: 'a' } }],
    annotations: READ_ONLY,
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
    const { outcome, call, events, provider } = await run(tool, ANSWER, {
      call: { input: { a: 'x' } },
    });
    expect(outcome).toEqual({ ok: true, output: { a: 'x' } });
    expect(seen).toMatchObject({ principal: LOCAL, signal: call.signal });
    expect(seen.now?.()).toBe(7);
    expect(call.meta).toMatchObject({ servedBy: 'function', prompt: null, attempts: [] });
    expect(events).toEqual([
      { event: 'call', data: { id: 'call_1', tool: 'echo', prompt: null, budget: null } },
    ]);
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
    const running = run(tool, ANSWER, { call: { signal: controller.signal } });
    controller.abort(problem('deadline_exceeded', { detail: 'Too long.' }));
    expect((await running).outcome).toMatchObject({ code: 'deadline_exceeded' });
  });
});

describe('a model tool', () => {
  it('asks what the plan says and books model and attempts', async () => {
    const { outcome, call, provider } = await run(answerQuestion);
    expect(outcome).toMatchObject({ ok: true, output: { answer: 'Within 30 days.' } });
    expect(provider.requests).toMatchObject([
      { model: MODEL, system: 'S', user: 'U', maxOutputTokens: 99 },
    ]);
    expect(call.meta).toMatchObject({
      model: MODEL,
      servedBy: 'model',
      degraded: false,
      attempts: [{ outcome: 'ok' }],
    });
  });

  it('with a streaming field sends its text alone, after the event that names the call', async () => {
    const { events } = await run(answerQuestion, {
      ...ANSWER,
      pieces: ['{"answer":"With', 'in 30 days.",', '"found":true,"sources":[]}'],
    });
    expect(events).toEqual([
      {
        event: 'call',
        data: { id: 'call_1', tool: 'answer_question', prompt: 'p@v7', budget: null },
      },
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
    const { outcome, call } = await run(answerQuestion, CUT, ONE_ATTEMPT);
    expect(outcome).toMatchObject({ code: 'model_stream_broken' });
    expect(call.meta.partial).toEqual({ usable: true, text_chars: 4 });
    expect(call.meta.ttftMs).toBeGreaterThan(0);
    expect(call.meta).toMatchObject({ servedBy: 'none', attempts: [{ outcome: 'failed' }] });
  });

  it('has sent nothing of use when it breaks before the field', async () => {
    const { call } = await run(answerQuestion, { pieces: ['{"ans'], cut: true }, ONE_ATTEMPT);
    expect(call.meta.partial).toBeNull();
  });

  it.each(['Sure! Here is the answer.', '{"answer":"Within', ''])(
    'that does not answer in JSON is asked once to mend it, and has failed then; both are billed: %j',
    async (text) => {
      const { outcome, call } = await run(answerQuestion, { pieces: [text] });
      expect(outcome).toMatchObject({ code: 'invalid_output' });
      expect(call.meta.attempts).toMatchObject([
        { model: MODEL, outcome: 'invalid' },
        { model: MODEL, outcome: 'invalid' },
      ]);
      for (const { costNanoUsd } of call.meta.attempts) expect(costNanoUsd).toBeGreaterThan(0);
    },
  );

  it('that mends its reply has answered, and its text began anew', async () => {
    const wrong = '{"answer":"With';
    const { outcome, call, events, provider } = await run(answerQuestion, [
      { pieces: [wrong] },
      ANSWER,
    ]);
    expect(outcome).toMatchObject({ ok: true, output: { answer: 'Within 30 days.' } });
    expect(provider.requests.map(({ repair }) => repair?.reply)).toEqual([undefined, wrong]);
    expect(events.slice(1)).toEqual([
      { event: 'delta', data: { text: 'With' } },
      { event: 'restart', data: { model: MODEL, reason: 'invalid_output' } },
      { event: 'delta', data: { text: 'Within ' } },
      { event: 'delta', data: { text: '30 days.' } },
    ]);
    expect(call.meta).toMatchObject({ servedBy: 'model', partial: { text_chars: 15 } });
  });

  it('that waits for its turn says so', async () => {
    const queues = buildQueues({ ...QUEUE_DEFAULTS, concurrency: 1 }, { now: Date.now });
    const { signal } = new AbortController();
    const need = {
      inputTokens: 1,
      outputTokens: 1,
      startBy: Infinity,
      onPosition: () => undefined,
    };
    const slot = await queues.of(MODEL).enter({ principal: 'other', signal, ...need });
    const events: Event[] = [];
    const emit = (event: Event): void => {
      events.push(event);
      if (event.event === 'queue') slot.leave();
    };
    const { outcome } = await run(answerQuestion, ANSWER, { call: { emit }, model: { queues } });
    expect(outcome).toMatchObject({ ok: true });
    expect(events[1]).toEqual({
      event: 'queue',
      data: { model: MODEL, budget: null, position: 1 },
    });
  });

  it('waits for the front before it reads on', async () => {
    let taken = 0;
    const emit = async (): Promise<void> => {
      await wait(5);
      taken += 1;
    };
    const { outcome } = await run(answerQuestion, ANSWER, { call: { emit } });
    expect((outcome as Outcome).ok).toBe(true);
    // The event that names the call, and two pieces of text.
    expect(taken).toBe(3);
  });

  it('without a plan and without a function is a bug', async () => {
    const call = fakeCall();
    const layer = buildRunTool({ services } as never);
    await expect(layer(call, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'nothing answers',
    );
  });
});

describe('a model tool that no model answers', () => {
  const OWN = { answer: 'See the handbook.', found: true, sources: [] };

  it('answers by its own fallback, which is a worse answer and says why', async () => {
    const { outcome, call, events } = await run(
      withFallback(() => OWN),
      REFUSED,
      ONE_ATTEMPT,
    );
    expect(outcome).toEqual({ ok: true, output: OWN });
    expect(call.meta).toMatchObject({
      servedBy: 'fallback',
      degraded: true,
      model: null,
      attempts: [{ outcome: 'failed', errorCode: 'model_unavailable' }],
    });
    expect(call.meta.route?.reason).toMatch(/^Because\. .*\(model_unavailable\).* own fallback\.$/);
    // Whoever reads the stream gets the text as from a model.
    expect(events.slice(1)).toEqual([{ event: 'delta', data: { text: OWN.answer } }]);
  });

  it('gives its fallback the input and what it may read', async () => {
    const fallback: Fallback = ({ question }, knowledge) => ({
      answer: `${String(question)} ${String(knowledge.text('faq'))}`,
      found: false,
      sources: [],
    });
    const call = { input: { question: 'How long?' } };
    const { outcome } = await run(withFallback(fallback), REFUSED, { ...ONE_ATTEMPT, call });
    expect(outcome).toMatchObject({ output: { answer: 'How long? what faq says' } });
  });

  it('streams nothing of a fallback when it streams nothing of an answer', async () => {
    const tool = withFallback(() => ({ label: 'a', confidence: 0, reason: '' }), classifyText);
    const call = { input: { text: 'x', labels: [{ name: 'a' }, { name: 'b' }] } };
    const { outcome, events } = await run(tool, REFUSED, { ...ONE_ATTEMPT, call });
    expect(outcome).toMatchObject({ ok: true });
    expect(events.map(({ event }) => event)).toEqual(['call']);
  });

  it('ends with the problem when its fallback has no answer', async () => {
    const { outcome, call } = await run(
      withFallback(() => null),
      REFUSED,
      ONE_ATTEMPT,
    );
    expect(outcome).toMatchObject({ code: 'model_unavailable' });
    expect(call.meta).toMatchObject({ servedBy: 'none', degraded: false });
    expect(call.meta.route?.reason).toBe('Because.');
  });

  it('keeps its fallback back after text was sent', async () => {
    const { outcome, events } = await run(
      withFallback(() => OWN),
      CUT,
      ONE_ATTEMPT,
    );
    expect(outcome).toMatchObject({ code: 'model_stream_broken' });
    expect(events.map(({ event }) => event)).toEqual(['call', 'delta']);
  });
});
