import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BudgetDraft } from '../../schemas/wire/budget.ts';
import type { Problem } from '../../schemas/wire/problem.ts';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { expected, withBudgets } from '../support/budgets.ts';
import { CONNECT, type Called } from '../support/fronts.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';

let simulator: Simulator;
let server: TestServer | undefined;
/** The house's clock is ahead of the machine's by so much: an agent that waits winds it on. */
let aheadMs = 0;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 40, seed: 'agent' });
});
afterAll(() => simulator.close());
afterEach(async () => {
  simulator.faults.clear();
  await server?.close();
  server = undefined;
});

const INPUT = {
  question: 'When does the pool open on Sundays?',
  context: [{ title: 'Pool hours', text: 'On Saturdays and Sundays the pool opens at 9:00.' }],
  options: { max_output_tokens: 400 },
};
type Input = typeof INPUT;

/**
 * An agent without any sense of its own: it does the first of `next_actions`, to the letter, until
 * it has an answer or is told that nothing is left to do. @returns the codes it met, and the end
 */
async function obey(
  call: (input: Input) => Promise<Called>,
): Promise<{ codes: string[]; end: string }> {
  const codes: string[] = [];
  let input = INPUT;
  for (;;) {
    if (codes.length > 10) return { codes, end: 'it loops' };
    const { ok, problem } = await call(input);
    if (ok || problem === null) return { codes: [...codes, 'ok'], end: 'answered' };
    codes.push(problem.code);
    const [next] = problem.next_actions;
    if (next === undefined || ENDS.has(next.action)) return { codes, end: next?.action ?? '' };
    if (WAITS.has(next.action)) aheadMs += waitOf(problem);
    input = merged(input, next.params);
  }
}

const ENDS = new Set(['ask_owner', 'stop']);
const WAITS = new Set(['wait_until_reset', 'retry_after_delay']);

const merged = (input: Input, params: { options?: object } = {}): Input => ({
  ...input,
  options: { ...input.options, ...params.options },
});

/** As long as the problem says, in whichever way it says so. */
function waitOf({ retry_after_ms: ms, limits = [] }: Problem): number {
  if (ms !== null) return ms;
  const resets = limits.map(({ resets_at }) => Date.parse(resets_at ?? ''));
  return Math.max(...resets) - (Date.now() + aheadMs);
}

async function openWith(budget: Partial<BudgetDraft>): Promise<(input: Input) => Promise<Called>> {
  aheadMs = 0;
  server = await openTestServer({
    modelUrl: simulator.url,
    settings: withBudgets({ everybody: budget }),
    now: () => Date.now() + aheadMs,
  });
  const { call } = await CONNECT['MCP HTTP modern'](server.url);
  return (input) => call('answer_question', input);
}

describe('an agent that obeys to the letter', () => {
  it('waits for the reset of a budget that is spent', async () => {
    const call = await openWith({ unit: 'requests', limit: 1 });
    await call(INPUT);
    expect(await obey(call)).toEqual({ codes: ['budget_spent', 'ok'], end: 'answered' });
  });

  it('waits out a limit on the rate', async () => {
    const call = await openWith({ unit: 'requests', window: 'minute', limit: 1 });
    await call(INPUT);
    expect(await obey(call)).toEqual({ codes: ['rate_limited', 'ok'], end: 'answered' });
  });

  it('asks for a shorter answer where that fits', async () => {
    const { worstUsd } = await expected('answer_question', INPUT);
    const call = await openWith({ limit: worstUsd * 0.9, overrun: 'cut' });
    expect(await obey(call)).toEqual({ codes: ['budget_too_small', 'ok'], end: 'answered' });
  });

  it('asks its owner where nothing fits', async () => {
    const call = await openWith({ limit: 0.000_001 });
    expect(await obey(call)).toEqual({ codes: ['budget_too_small'], end: 'ask_owner' });
  });

  it('comes back when running calls have settled', async () => {
    const { worstUsd } = await expected('answer_question', INPUT);
    const call = await openWith({ limit: worstUsd * 1.05, overrun: 'cut' });
    const first = call(INPUT);
    let ended = false;
    void first.finally(() => (ended = true));
    const { codes, end } = await obey(async (input) => {
      const called = await call(input);
      // It winds the clock on instead of waiting; the running call needs real time.
      if (!called.ok && !ended) await first;
      return called;
    });
    expect([end, codes.at(-1)]).toEqual(['answered', 'ok']);
    expect(codes).toContain('budget_held');
    expect(codes.length).toBeLessThanOrEqual(3);
  });

  it('does not send again what was cut', async () => {
    const { worstUsd } = await expected('answer_question', INPUT);
    simulator.faults.add([{ fault: 'undercounted-input', params: { factor: 12 } }]);
    const call = await openWith({ limit: worstUsd, overrun: 'cut' });
    expect(await obey(call)).toEqual({ codes: ['budget_cut'], end: 'ask_owner' });
  });
});
