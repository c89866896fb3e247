import { describe, expect, it } from 'vitest';
import { BudgetEvent, BudgetState } from '../../schemas/wire/budget.ts';
import { singleStates } from '../../src/budget/states-from.ts';

import { NOW, bearer, named, open, settings } from './budgets-rig.ts';

describe('the budgets in force', () => {
  it('are those of the settings, those that were set, and the default, by name', async () => {
    const { budgets } = open({ declared: { b: settings() }, fallback: named('c') });
    expect(await budgets.set('a', settings({ limit: 7 }))).toEqual({
      ...named('a', { limit: 7 }),
      source: 'set',
    });
    const list = await budgets.list();
    expect(list.map(({ name, source }) => [name, source])).toEqual([
      ['a', 'set'],
      ['b', 'declared'],
      ['c', 'default'],
    ]);
  });

  it('a declared one hides one that was set before under its name', async () => {
    const { budgets, store } = open({ declared: { day: settings({ limit: 1 }) } });
    await store.put('day', settings({ limit: 2 }));
    expect(await budgets.list()).toEqual([{ ...named('day', { limit: 1 }), source: 'declared' }]);
  });

  it('the default gives way to one set under its name, and comes back when that is removed', async () => {
    const { budgets } = open({ fallback: named('local-daily', { limit: 10 }) });
    await budgets.set('local-daily', settings({ limit: 20 }));
    expect(await budgets.list()).toMatchObject([{ limit: 20, source: 'set' }]);
    await budgets.remove('local-daily');
    expect(await budgets.list()).toMatchObject([{ limit: 10, source: 'default' }]);
  });

  it('change at once: the next call is limited by what was set before it', async () => {
    const { budgets } = open();
    expect(await budgets.rulesFor(bearer())).toEqual([]);
    await budgets.set('day', settings());
    expect(await budgets.rulesFor(bearer())).toMatchObject([{ rule: { name: 'day' } }]);
    await budgets.remove('day');
    expect(await budgets.rulesFor(bearer())).toEqual([]);
  });
});

describe('what cannot be done to a budget', () => {
  const fixture = (): ReturnType<typeof open> =>
    open({
      declared: { fixed: settings(), shop: settings({ scope: 'team', of: 'shop' }) },
      fallback: named('usual'),
    });

  it.each([
    { how: 'set', name: 'fixed', code: 'budget_declared', detail: /tollgate\.yaml/ },
    { how: 'remove', name: 'fixed', code: 'budget_declared', detail: /tollgate\.yaml/ },
    { how: 'remove', name: 'usual', code: 'budget_declared', detail: /local_daily_usd/ },
    { how: 'remove', name: 'nope', code: 'unknown_budget', detail: /no budget "nope"/ },
    { how: 'reset', name: 'nope', code: 'unknown_budget', detail: /no budget "nope"/ },
    { how: 'reset', name: 'fixed', of: 'x', code: 'unknown_budget', detail: /all calls together/ },
    {
      how: 'reset',
      name: 'shop',
      of: 'x',
      code: 'unknown_budget',
      detail: /the team "shop" alone/,
    },
  ] as const)('$how $name $of is $code', async ({ how, name, code, detail, ...rest }) => {
    const of = 'of' in rest ? rest.of : null;
    const { budgets, resets } = fixture();
    const ways = {
      set: () => budgets.set(name, settings()),
      remove: () => budgets.remove(name),
      reset: () => budgets.reset(name, of),
    };
    const before = await budgets.list();
    await expect(ways[how]()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(detail) as string,
    });
    expect(await budgets.list()).toEqual(before);
    expect(resets).toEqual([]);
  });
});

describe('the reset of a budget', () => {
  it('is of the present window, by its own calendar', async () => {
    const { budgets, resets } = open({
      declared: {
        berlin: settings({ scope: 'team', time_zone: 'Europe/Berlin' }),
        hour: settings({ window: 'hour' }),
      },
    });
    await budgets.reset('berlin', 'shop');
    await budgets.reset('hour', null);
    const [day, hour] = ['2026-11-25T23:00:00Z', '2026-11-26T10:00:00Z'].map(Date.parse);
    const berlin = { budget: 'berlin', subject: 'shop', counts: 'team tokens day' };
    const all = { budget: 'hour', subject: null, counts: 'all tokens hour' };
    expect(resets).toEqual([[{ ...berlin, windowStart: day }], [{ ...all, windowStart: hour }]]);
  });

  it('works for the default too', async () => {
    const { budgets, resets } = open({
      fallback: named('usual', { scope: 'principal', of: 'local' }),
    });
    await budgets.reset('usual', 'local');
    expect(resets).toHaveLength(1);
  });
});

describe('the states of a caller', () => {
  const fixture = (): ReturnType<typeof open> =>
    open({
      declared: {
        everyone: settings({ limit: 1_000 }),
        'each-team': settings({ scope: 'team', limit: 100 }),
        other: settings({ scope: 'team', of: 'other' }),
        summaries: settings({ scope: 'tool', of: 'summarize_text', unit: 'requests', limit: 10 }),
      },
      used: { 'everyone/': 100, 'each-team/shop': 90, 'summaries/summarize_text': 4 },
    });

  it('are those that limit it, tightest first', async () => {
    const states = await fixture().budgets.states(
      bearer({ team: 'shop', tool: 'answer_question' }),
    );
    expect(states.map((state) => BudgetState.parse(state))).toMatchObject([
      { budget: 'each-team', of: 'shop', used: 90, held: 1, remaining: 9 },
      { budget: 'everyone', of: null, used: 100, held: 1, remaining: 899 },
    ]);
  });

  it('without a tool are also those of any tool it may call', async () => {
    const names = (await fixture().budgets.states(bearer())).map(({ budget }) => budget);
    expect(names).toEqual(['summaries', 'everyone', 'each-team']);
  });

  it('are none where nothing limits it', async () => {
    expect(await open().budgets.states(bearer())).toEqual([]);
  });

  it('of budgets that are counted once can be had without a caller', async () => {
    const { budgets, store } = fixture();
    const states = await singleStates(store, await budgets.list(), NOW);
    expect([...states.keys()]).toEqual(['everyone', 'other', 'summaries']);
    expect(states.get('summaries')).toMatchObject({ of: 'summarize_text', used: 4, remaining: 5 });
  });
});

describe('the events', () => {
  it('speak the words of the wire', async () => {
    const { budgets, passed } = open();
    const at = NOW;
    const windowStart = Date.parse('2026-11-26T00:00:00Z');
    const common = { at, windowStart, percent: 80, callId: 'call_1' };
    passed.push(
      {
        ...common,
        budget: 'a',
        subject: 'shop',
        counts: 'team usd day',
        unit: 'usd',
        limit: 2e9,
        used: 1_600_000_001,
      },
      {
        ...common,
        budget: 'b',
        subject: '',
        counts: 'all requests day',
        unit: 'requests',
        limit: 5,
        used: 4,
      },
    );
    const events = await budgets.events({ limit: 10 });
    expect(events.map((event) => BudgetEvent.parse(event))).toEqual([
      {
        at: '2026-11-26T10:30:00.000Z',
        window_start: '2026-11-26T00:00:00.000Z',
        budget: 'a',
        of: 'shop',
        percent: 80,
        unit: 'usd',
        call_id: 'call_1',
        limit: 2,
        used: 1.600000001,
      },
      expect.objectContaining({ budget: 'b', of: null, limit: 5, used: 4 }),
    ]);
  });
});
