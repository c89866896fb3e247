import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BudgetDraft } from '../../schemas/wire/budget.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import type { FaultRule } from '../../src/simulator/faults/rule.ts';
import { expected, withBudgets } from '../support/budgets.ts';
import { agreement, withoutIds, type Called, type OpenFront } from '../support/fronts.ts';
import { IN_PROCESS } from './in-process.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 100, seed: 'budgets' });
});
afterAll(() => simulator.close());
afterEach(() => void simulator.faults.clear());

const QUESTION = {
  question: 'When does the pool open on Sundays?',
  context: [
    {
      title: 'Pool hours',
      text: 'The pool opens at 7:00 on weekdays. On Saturdays and Sundays it opens at 9:00.',
    },
  ],
  options: { max_output_tokens: 400 },
};
const FAST = { ...QUESTION, options: { ...QUESTION.options, quality: 'fast' } };

/** A text whose rewriting is as long as it is: 370 tokens. */
const LETTER = {
  text: Array.from(
    { length: 10 },
    (_, n) =>
      `On day ${String(n)} the council of the harbour town agreed to repair bridge number ${String(n)} for ${String(n * 3 + 20)} thousand dollars.`,
  ).join(' '),
  instruction: 'Make it friendlier.',
  options: { max_output_tokens: 385 },
};

/** What they will be held for at the worst, and what is likely to be enough, US dollars. */
const worstUsd = { question: 0, fast: 0, letter: 0 };
const likelyUsd = { letter: 0 };
beforeAll(async () => {
  worstUsd.question = (await expected('answer_question', QUESTION)).worstUsd;
  worstUsd.fast = (await expected('answer_question', FAST)).worstUsd;
  ({ worstUsd: worstUsd.letter, likelyUsd: likelyUsd.letter } = await expected(
    'rewrite_text',
    LETTER,
  ));
});

/** What is held at the most for a prompt is the bytes of it: a model that counts more is odd. */
const BYTES = { fault: 'undercounted-input', params: { factor: 1, bytes: 1 } };

/** What the provider has billed since. */
const billedUsd = (since: number): number =>
  simulator
    .ledger()
    .slice(since)
    .reduce((sum, { billed_nano_usd: nanoUsd }) => sum + nanoUsd, 0) / 1e9;

const DAY = 'everybody';
const sameProblem = agreement();

/** What differs from call to call, or with the clock. */
const comparable = ({ problem }: Called) => {
  const said = withoutIds(problem);
  const actions = said.next_actions?.map(({ action }) => action);
  return { ...said, detail: '', limits: [], next_actions: actions };
};

describe.each(IN_PROCESS)('$name', ({ name, open }) => {
  let front: OpenFront | undefined;
  afterEach(async () => {
    await front?.close();
    front = undefined;
  });

  const openWith = async (budget: Partial<BudgetDraft>, rules: FaultRule[] = []) => {
    simulator.faults.add(rules);
    front = await open({ modelUrl: simulator.url, settings: withBudgets({ [DAY]: budget }) });
    return front;
  };

  it('says on every answer how the budgets of the call stand after it', async () => {
    const { call } = await openWith({ unit: 'requests', limit: 10 });
    await call('answer_question', QUESTION);
    const { call: meta } = await call('answer_question', QUESTION);
    expect(meta?.budget).toMatchObject({
      fitted: null,
      limits: [
        { budget: DAY, scope: 'all', of: null, unit: 'requests', used: 2, held: 0, remaining: 8 },
      ],
    });
  });

  it('refuses a call when the budget is spent, and nothing is spent for that', async () => {
    const opened = await openWith({ unit: 'requests', limit: 1 });
    expect(await opened.call('answer_question', QUESTION)).toMatchObject({ ok: true });
    const asked = simulator.ledger().length;
    const refused = await opened.call('answer_question', QUESTION);
    expect(refused.problem).toMatchObject({
      code: 'budget_spent',
      status: 402,
      retryable: false,
      retry_after_ms: null,
      limits: [{ budget: DAY, unit: 'requests', limit: 1, used: 1, held: 0, remaining: 0 }],
    });
    expect(comparable(refused)).toEqual(sameProblem('spent', comparable(refused)));
    expect(simulator.ledger()).toHaveLength(asked);
    const [row] = await opened.rows();
    expect(row).toMatchObject({
      finish: 'error',
      error_code: 'budget_spent',
      cost_usd: 0,
      attempts: [],
      prompt: { id: 'faq' },
      budget: { limits: [{ budget: DAY, used: 1, remaining: 0 }] },
    });
  });

  it('says what would fit instead, and it does', async () => {
    const { call } = await openWith({ limit: worstUsd.question * 0.9, overrun: 'cut' });
    const refused = await call('answer_question', QUESTION);
    expect(refused.problem).toMatchObject({ code: 'budget_too_small', status: 402 });
    expect(comparable(refused)).toEqual(sameProblem('too small', comparable(refused)));
    const ways = refused.problem?.next_actions ?? [];
    expect(ways.map(({ action }) => action)).toEqual([
      'lower_max_output_tokens',
      'use_cheaper_model',
      'ask_owner',
    ]);
    for (const { params } of ways.slice(0, 1)) {
      const { options } = params as { options: object };
      const input = { ...QUESTION, options: { ...QUESTION.options, ...options } };
      expect(await call('answer_question', input)).toMatchObject({ ok: true });
    }
  });

  it('makes the answer shorter where the budget wants that', async () => {
    const { call } = await openWith({
      limit: worstUsd.question * 0.9,
      misfit: 'clamp',
      overrun: 'cut',
    });
    const answered = await call('answer_question', QUESTION);
    expect(answered).toMatchObject({ ok: true, call: { budget: { fitted: { how: 'clamped' } } } });
    const { cost_usd: cost = 1 } = answered.call ?? {};
    expect(cost).toBeLessThanOrEqual(worstUsd.question * 0.9);
  });

  it('asks a cheaper model where the budget wants that, and says that the answer is worse', async () => {
    const { call } = await openWith({
      limit: worstUsd.fast * 1.1,
      misfit: 'downgrade',
      overrun: 'cut',
    });
    expect(await call('answer_question', QUESTION)).toMatchObject({
      ok: true,
      call: {
        model: 'claude-haiku-5-5',
        degraded: true,
        budget: { fitted: { how: 'downgraded' } },
      },
    });
  });

  it('refuses while others hold the rest, and lets in again when they have settled', async () => {
    const { call } = await openWith({ limit: worstUsd.question * 1.9, overrun: 'cut' });
    const both = await Promise.all([
      call('answer_question', QUESTION),
      call('answer_question', QUESTION),
    ]);
    const refused = both.find(({ ok }) => !ok);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(refused?.problem).toMatchObject({
      code: 'budget_held',
      status: 429,
      retryable: true,
      retry_after_ms: 1000,
    });
    expect(await call('answer_question', QUESTION)).toMatchObject({ ok: true });
  });

  it('lets calls wait for each other where the budget wants that', async () => {
    const { call } = await openWith({
      limit: worstUsd.question * 1.9,
      misfit: 'queue',
      overrun: 'cut',
    });
    const both = await Promise.all([
      call('answer_question', QUESTION),
      call('answer_question', QUESTION),
    ]);
    expect(both).toMatchObject([{ ok: true }, { ok: true }]);
    const [waited] = both.filter(({ call: meta }) => meta?.budget?.fitted?.how === 'queued');
    expect(waited).toBeDefined();
    // JSON answers have no events on the way.
    if (name !== 'REST JSON') {
      expect(waited?.events).toContainEqual({
        event: 'queue',
        data: { model: null, budget: DAY, position: 1 },
      });
    }
  });

  /** A limit that pays for the most that the prompt can be, and for most of the answer behind it. */
  const tightFor = (): number => worstUsd.letter * 1.02;

  it('is never passed where answers are cut, by a provider that counts a token a byte', async () => {
    const opened = await openWith({ limit: tightFor(), overrun: 'cut' }, [BYTES]);
    const before = simulator.ledger().length;
    const ended = await Promise.all([1, 2, 3].map(() => opened.call('rewrite_text', LETTER)));
    expect(ended.filter(({ ok }) => ok)).toHaveLength(1);
    const truth = billedUsd(before);
    expect(truth).toBeLessThanOrEqual(tightFor());
    expect(truth).toBeGreaterThan(tightFor() / 2);
  });

  it('cuts an answer whose prompt is longer than its bytes, at what the budget pays for', async () => {
    const limit = tightFor();
    const odd = { ...BYTES, params: { factor: 1.6, bytes: 1 } };
    const opened = await openWith({ limit, overrun: 'cut' }, [odd]);
    const before = simulator.ledger().length;
    const cut = await opened.call('rewrite_text', LETTER);
    expect(cut.problem).toMatchObject({
      code: 'budget_cut',
      status: 402,
      retryable: false,
      partial: { usable: false },
      limits: [{ budget: DAY }],
    });
    const [truth] = simulator.ledger().slice(before);
    expect((truth?.billed_nano_usd ?? Infinity) / 1e9).toBeLessThanOrEqual(limit);
    const [row] = await opened.rows();
    expect(row).toMatchObject({ finish: 'error', attempts: [{ outcome: 'cut' }] });
    expect(row?.usage.output).toBeGreaterThan(50);
    expect(row?.cost_usd).toBeLessThanOrEqual(limit);
    expect(row?.budget?.limits).toMatchObject([{ used: row?.cost_usd, held: 0, may_pass: 0 }]);
  });

  it('lets one call finish that seemed to fit where the budget wants that, charges all of it, and passes the limit by no more than was said', async () => {
    const limit = likelyUsd.letter * 1.02;
    const { call } = await openWith({ limit, overrun: 'finish' }, [BYTES]);
    const before = simulator.ledger().length;
    const crowd = await Promise.all([1, 2, 3, 4].map(() => call('rewrite_text', LETTER)));
    const metas = crowd.flatMap(({ ok, call: meta }) => (ok && meta ? [meta] : []));
    const truth = billedUsd(before);
    expect(truth).toBeGreaterThan(limit);
    expect(truth).toBeLessThanOrEqual(worstUsd.letter);
    expect(metas.map(({ cost_usd }) => cost_usd)).toEqual([expect.closeTo(truth, 9)]);
    expect(metas[0]?.budget?.limits).toMatchObject([
      { used: metas[0]?.cost_usd, held: 0, remaining: 0 },
    ]);
    expect((await call('rewrite_text', LETTER)).ok).toBe(false);
  });

  it('counts thinking that comes with the last event as written', async () => {
    const { call } = await openWith({ unit: 'tokens', limit: 100_000 }, [
      { fault: 'late-thinking', params: { tokens: 150 } },
    ]);
    const { call: meta } = await call('answer_question', QUESTION);
    expect(meta?.usage).toMatchObject({ thinking: 150, source: 'provider' });
    const { input = 0, output = 0, cache_read = 0, cache_write_5m = 0 } = meta?.usage ?? {};
    expect(output).toBeGreaterThan(150);
    expect(meta?.budget?.limits).toMatchObject([
      { used: input + output + cache_read + cache_write_5m, held: 0 },
    ]);
  });
});
