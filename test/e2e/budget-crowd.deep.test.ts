import { afterEach, describe, expect, it } from 'vitest';
import type { App } from '../../src/app/app.ts';
import { BudgetSettings } from '../../schemas/wire/budget.ts';
import { buildApp } from '../../src/app/app.ts';
import { tools } from '../../tools/index.ts';
import { expected, withBudgets } from '../support/budgets.ts';
import { sized } from '../support/depth.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { OWNER } from '../support/owner.ts';
import { invoke, silentLog, testConfig } from '../support/test-app.ts';

let app: App;
afterEach(() => app.close());

const CALLS = sized(300, 1_000);
const INPUT = { question: 'Why?', context: [{ title: 'A', text: 'Because.' }] };

const open = (budgets: Parameters<typeof withBudgets>[0]): App => {
  const config = { ...testConfig(), ...withBudgets(budgets), model_concurrency: CALLS };
  return buildApp(config, { tools, log: silentLog, provider: fakeProvider(ANSWER) });
};

describe(`${String(CALLS)} calls at once on one budget`, () => {
  it('let exactly as many through as it has requests', async () => {
    app = open({ few: { unit: 'requests', limit: 123 } });
    const crowd = Array.from({ length: CALLS }, () => invoke(app, 'answer_question', INPUT));
    const ended = await Promise.all(crowd);
    expect(ended.filter(({ ok }) => ok)).toHaveLength(123);
    const codes = new Set(ended.flatMap((each) => (each.ok ? [] : [each.problem.code])));
    // Some were refused while others ran, the rest when nothing was left.
    expect([...codes].every((code) => ['budget_held', 'budget_spent'].includes(code))).toBe(true);
    const [state] = await app.budgets.states({
      principal: OWNER,
      labels: OWNER.labels,
      tool: null,
    });
    expect(state).toMatchObject({ used: 123, held: 0, remaining: 0 });
  });

  it('never spend more money than it has, and the ledger adds up to what was used', async () => {
    const { worstUsd } = await expected('answer_question', INPUT);
    app = open({
      money: { unit: 'usd', limit: worstUsd * 100, overrun: 'cut' },
      own: { scope: 'principal', limit: 9 },
    });
    const crowd = Array.from({ length: CALLS }, () => invoke(app, 'answer_question', INPUT));
    const ended = await Promise.all(crowd);
    // Each is held at its worst: no more than a hundred could run at once.
    expect(ended.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(100);
    const { total } = await app.ledger(OWNER).usage({ group_by: 'tool' });
    const states = await app.budgets.states({ principal: OWNER, labels: OWNER.labels, tool: null });
    for (const { used, held, limit } of states) {
      expect(used).toBeCloseTo(total.cost_usd, 9);
      expect(held).toBe(0);
      expect(used).toBeLessThanOrEqual(limit);
    }
    expect(total.calls).toBe(CALLS);
  });

  it('count calls without a user on a meter of their own: nobody escapes a budget per user', async () => {
    app = open({ each: { scope: 'user', unit: 'requests', limit: 3 } });
    const nobody = { feature: null, team: null, user: null };
    const crowd = Array.from({ length: 20 }, () =>
      invoke(app, 'answer_question', INPUT, { labels: nobody }),
    );
    expect((await Promise.all(crowd)).filter(({ ok }) => ok)).toHaveLength(3);
    const ann = await invoke(app, 'answer_question', INPUT, { labels: { ...nobody, user: 'ann' } });
    expect(ann.ok).toBe(true);
  });

  it('let each unknown user have no more than its own share from its first call on', async () => {
    app = open({ each: { scope: 'user', unit: 'requests', limit: 3 } });
    const users = ['ann', 'bob', 'cid'];
    const crowd = Array.from({ length: 60 }, (_, n) =>
      invoke(app, 'answer_question', INPUT, {
        labels: { feature: null, team: null, user: users[n % users.length] ?? '' },
      }),
    );
    const ended = await Promise.all(crowd);
    for (const user of users) {
      const own = ended.filter(({ ok, call }) => ok && call.labels.user === user);
      expect(own).toHaveLength(3);
    }
  });

  it('starts anew when something else is counted, and goes on where it was when that is taken back', async () => {
    app = open({});
    const used = async (): Promise<unknown> => {
      const who = { principal: OWNER, labels: OWNER.labels, tool: null };
      return (await app.budgets.states(who)).map((state) => state.used);
    };
    const inUsd = BudgetSettings.parse({ scope: 'all', unit: 'usd', window: 'day', limit: 1 });
    await app.budgets.set('mine', inUsd);
    await invoke(app, 'answer_question', INPUT);
    const spent = await used();
    expect(spent).toEqual([expect.any(Number)]);
    await app.budgets.set('mine', { ...inUsd, unit: 'requests', limit: 1_000 });
    expect(await used()).toEqual([0]);
    expect((await invoke(app, 'answer_question', INPUT)).ok).toBe(true);
    expect(await used()).toEqual([1]);
    await app.budgets.set('mine', { ...inUsd, window: 'month' });
    expect(await used()).toEqual([0]);
    await app.budgets.set('mine', inUsd);
    expect(await used()).toEqual(spent);
  });

  it('counts on a new limit at once', async () => {
    app = open({});
    const settings = BudgetSettings.parse({
      scope: 'all',
      unit: 'requests',
      window: 'day',
      limit: 1,
      misfit: 'refuse',
    });
    await app.budgets.set('new', settings);
    expect((await invoke(app, 'answer_question', INPUT)).ok).toBe(true);
    expect((await invoke(app, 'answer_question', INPUT)).ok).toBe(false);
    await app.budgets.set('new', { ...settings, limit: 2 });
    expect((await invoke(app, 'answer_question', INPUT)).ok).toBe(true);
    await app.budgets.reset('new', null);
    expect((await invoke(app, 'answer_question', INPUT)).ok).toBe(true);
    await app.budgets.remove('new');
    expect((await invoke(app, 'answer_question', INPUT)).ok).toBe(true);
  });
});
