import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  Budget,
  BudgetEvent,
  type BudgetDraft,
  type BudgetState,
} from '../../../schemas/wire/budget.ts';
import { withBudgets } from '../../support/budgets.ts';
import { ANSWER, fakeProvider, type FakeProvider } from '../../support/fake-provider.ts';
import { openKeyedServer, problemIn, type KeyedServer } from '../../support/keyed-server.ts';
import { send, type RawAnswer } from '../../support/raw-http.ts';

const QUESTION = { question: 'How long?' };
const CALLS = { scope: 'principal', unit: 'requests', window: 'day' } as const;
const LIMIT_2: BudgetDraft = { ...CALLS, limit: 2, misfit: 'refuse' };

let model: FakeProvider;
let server: KeyedServer;
beforeEach(async () => {
  model = fakeProvider(ANSWER);
  const settings = withBudgets({ declared: { limit: 1_000 } });
  server = await openKeyedServer({ provider: model, settings });
});
afterEach(() => server.close());

const manage = (method: string, path: string, json?: unknown): Promise<RawAnswer> =>
  server.ask(path, { method, key: server.boss, ...(json !== undefined && { json }) });
const set = (name: string, draft: object): Promise<RawAnswer> =>
  manage('PUT', `/v1/budgets/${name}`, draft);
const call = (key: string): Promise<RawAnswer> =>
  server.ask('/v1/tools/answer_question', { key, json: QUESTION });
const statuses = async (...keys: string[]): Promise<number[]> => {
  const found: number[] = [];
  for (const key of keys) found.push((await call(key)).status);
  return found;
};
const stateOf = async (key: string, name: string): Promise<BudgetState | undefined> => {
  const answer = await server.ask('/v1/budget', { key });
  const { budgets } = answer.json() as { budgets: BudgetState[] };
  return budgets.find(({ budget }) => budget === name);
};

describe('a budget', () => {
  it('is set, shown, listed, changed and removed over REST', async () => {
    const made = await set('mine', LIMIT_2);
    expect(made.status).toBe(200);
    expect(Budget.strict().parse(made.json())).toMatchObject({
      ...LIMIT_2,
      name: 'mine',
      source: 'set',
      of: null,
      time_zone: 'UTC',
      thresholds: [50, 80, 100],
    });
    expect((await manage('GET', '/v1/budgets/mine')).json()).toEqual(made.json());

    const changed = await set('mine', { ...LIMIT_2, limit: 3, window: 'week' });
    expect(changed.json()).toMatchObject({ limit: 3, window: 'week' });
    const { budgets } = (await manage('GET', '/v1/budgets')).json() as { budgets: Budget[] };
    expect(budgets.map(({ name, source }) => [name, source])).toEqual([
      ['declared', 'declared'],
      ['mine', 'set'],
    ]);
    expect(budgets[1]).toEqual(changed.json());

    const removed = await manage('DELETE', '/v1/budgets/mine');
    expect([removed.status, removed.text]).toEqual([204, '']);
    expect((await manage('GET', '/v1/budgets/mine')).status).toBe(404);
  });

  it('limits the next call at once: when it is set, changed and removed', async () => {
    const { anna, boss } = server;
    expect(await statuses(anna, anna, anna)).toEqual([200, 200, 200]);
    await set('mine', LIMIT_2);
    expect(await statuses(anna, anna, anna)).toEqual([200, 200, 402]);
    expect(await statuses(boss)).toEqual([200]);
    await set('mine', { ...LIMIT_2, limit: 3 });
    expect(await statuses(anna, anna)).toEqual([200, 402]);
    await manage('DELETE', '/v1/budgets/mine');
    expect(await statuses(anna)).toEqual([200]);
    expect(model.requests).toHaveLength(8);
  });

  it('is counted anew after a reset, for one or for all, and the ledger keeps what was spent', async () => {
    const { anna, boss } = server;
    await set('mine', LIMIT_2);
    expect(await statuses(anna, anna, anna, boss, boss, boss)).toEqual([
      ...[200, 200, 402],
      ...[200, 200, 402],
    ]);
    const one = await manage('POST', '/v1/budgets/mine/reset', { of: 'anna' });
    expect([one.status, one.text]).toEqual([204, '']);
    expect((await stateOf(anna, 'mine'))?.used).toBe(0);
    expect(await statuses(anna, anna, anna, boss)).toEqual([200, 200, 402, 402]);
    // Without a body: all it is counted for.
    expect((await manage('POST', '/v1/budgets/mine/reset')).status).toBe(204);
    expect(await statuses(anna, boss)).toEqual([200, 200]);
    const usage = await server.ask('/v1/usage?group_by=principal', { key: anna });
    expect(usage.json()).toMatchObject({ rows: [{ key: 'anna', calls: 7 }] });
  });

  it('raises an event at each of its thresholds, once', async () => {
    await set('mine', { ...CALLS, limit: 4, misfit: 'refuse', thresholds: [50, 100] });
    await set('other', { ...CALLS, limit: 1_000, thresholds: [1] });
    expect(await statuses(...Array.from({ length: 5 }, () => server.anna))).toEqual([
      ...[200, 200, 200, 200],
      402,
    ]);
    const eventsAt = async (query: string): Promise<BudgetEvent[]> => {
      const answer = await manage('GET', `/v1/budget-events${query}`);
      const { events } = answer.json() as { events: unknown[] };
      return events.map((event) => BudgetEvent.strict().parse(event));
    };
    const about = { budget: 'mine', of: 'anna', unit: 'requests', limit: 4 };
    expect(await eventsAt('?budget=mine')).toMatchObject([
      { ...about, percent: 100, used: 4 },
      { ...about, percent: 50, used: 2 },
    ]);
    expect(await eventsAt('?budget=mine&limit=1')).toMatchObject([{ percent: 100 }]);
    expect(await eventsAt('')).toHaveLength(2);
    expect(await eventsAt('?budget=nothing')).toEqual([]);
  });

  it('keeps what is used when its limit changes', async () => {
    await set('mine', { ...LIMIT_2, limit: 10 });
    await statuses(server.anna, server.anna);
    await set('mine', { ...LIMIT_2, limit: 5 });
    expect(await stateOf(server.anna, 'mine')).toMatchObject({ used: 2, remaining: 3, of: 'anna' });
  });

  it('is shown to whom it limits, and to no others', async () => {
    await set('hers', { ...LIMIT_2, of: 'anna' });
    expect(await stateOf(server.anna, 'hers')).toMatchObject({ limit: 2 });
    expect(await stateOf(server.boss, 'hers')).toBeUndefined();
  });
});

const INVALID: [string, object, string[]][] = [
  ['has no fields', {}, ['/scope', '/unit', '/window', '/limit']],
  ['has a field that there is not', { ...LIMIT_2, limits: 3 }, ['/limits']],
  ['is named in its body too', { ...LIMIT_2, name: 'mine' }, ['/name']],
  ['limits something else', { ...LIMIT_2, unit: 'euro' }, ['/unit']],
  ['has a limit of another type', { ...LIMIT_2, limit: '2' }, ['/limit']],
  ['has no positive limit', { ...LIMIT_2, limit: 0 }, ['/limit']],
  ['has half a request', { ...LIMIT_2, limit: 1.5 }, ['/limit']],
  ['is of nobody', { ...LIMIT_2, of: '' }, ['/of']],
  ['is of one of all', { ...LIMIT_2, scope: 'all', of: 'anna' }, ['/of']],
  ['is in no time zone', { ...LIMIT_2, time_zone: 'Mars/Olympus' }, ['/time_zone']],
  ['does something else', { ...LIMIT_2, misfit: 'ignore' }, ['/misfit']],
  ['weighs something else', { ...LIMIT_2, weights: { thought: 1 } }, ['/weights/thought']],
  ['has a threshold beyond all', { ...LIMIT_2, thresholds: [50, 101] }, ['/thresholds/1']],
];

describe('a mistake with budgets', () => {
  it.each(INVALID)('is pointed at: one %s', async (_what, draft, pointers) => {
    const problem = problemIn(await set('mine', draft));
    expect(problem).toMatchObject({ status: 400, code: 'invalid_input', call_id: null });
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(problem.detail).toContain(pointers[0]);
    expect((await manage('GET', '/v1/budgets/mine')).status).toBe(404);
  });

  it.each(['Mine', '-mine', 'my%20budget', '%22', 'a%2Fb', 'm'.repeat(41)])(
    'is pointed at: none can be named %s',
    async (name) => {
      const problem = problemIn(await set(name, LIMIT_2));
      expect(problem).toMatchObject({ status: 400, code: 'invalid_input' });
      expect(problem.errors).toMatchObject([{ pointer: '/name' }]);
    },
  );

  it.each([
    ['a list', '[]'],
    ['a number', '7'],
  ])('is pointed at: the body is %s', async (_what, body) => {
    for (const [method, path] of [
      ['PUT', '/v1/budgets/mine'],
      ['POST', '/v1/budgets/declared/reset'],
    ] as const) {
      const answer = await send(`${server.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${server.boss}` },
        body,
      });
      expect(problemIn(answer)).toMatchObject({ code: 'invalid_input', errors: [{ pointer: '' }] });
    }
  });

  it('is pointed at: there is no body', async () => {
    const problem = problemIn(await manage('PUT', '/v1/budgets/mine'));
    expect(problem.errors?.map(({ pointer }) => pointer)).toContain('/limit');
  });

  it.each([
    ['GET', '/v1/budgets/nothing', undefined, 404, 'unknown_budget'],
    ['DELETE', '/v1/budgets/nothing', undefined, 404, 'unknown_budget'],
    ['POST', '/v1/budgets/nothing/reset', undefined, 404, 'unknown_budget'],
    ['PUT', '/v1/budgets/declared', LIMIT_2, 409, 'budget_declared'],
    ['DELETE', '/v1/budgets/declared', undefined, 409, 'budget_declared'],
    ['POST', '/v1/budgets/declared/reset', { of: 'anna' }, 404, 'unknown_budget'],
    ['POST', '/v1/budgets/declared/reset', { of: 7 }, 400, 'invalid_input'],
    ['POST', '/v1/budgets/declared/reset', { off: 'anna' }, 400, 'invalid_input'],
    ['GET', '/v1/budget-events?limit=0', undefined, 400, 'invalid_request'],
    ['GET', '/v1/budget-events?limit=x', undefined, 400, 'invalid_request'],
    ['GET', '/v1/budget-events?before=1', undefined, 400, 'invalid_request'],
    ['PUT', '/v1/budget', LIMIT_2, 405, 'method_not_allowed'],
  ])('is told: %s %s %j', async (...[method, path, json, status, code]) => {
    const answer = await manage(method, path, json);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problemIn(answer)).toMatchObject({ status, code, call_id: null });
  });

  it('is told only to admins, who alone may reset what is declared', async () => {
    for (const [method, path] of [
      ['PUT', '/v1/budgets/Mine'],
      ['GET', '/v1/budgets/nothing'],
      ['POST', '/v1/budgets/declared/reset'],
    ] as const) {
      const answer = await server.ask(path, { method, key: server.anna });
      expect(problemIn(answer)).toMatchObject({ status: 403, code: 'admin_required' });
    }
    expect((await manage('POST', '/v1/budgets/declared/reset')).status).toBe(204);
  });
});
