import { describe, expect, it } from 'vitest';
import { BudgetSettings, type BudgetDraft } from '../../schemas/wire/budget.ts';
import { metersOf, toClaim, toMeter } from '../../src/budget/meters.ts';
import { toRule, type Rule } from '../../src/budget/rule.ts';
import type { Bearer } from '../../src/core/services/budgets.ts';
import { LOCAL } from '../../src/core/call/principal.ts';

const NOON = Date.parse('2026-11-23T12:00:00Z');

const rule = (name: string, draft: Partial<BudgetDraft> = {}): Rule =>
  toRule({
    name,
    source: 'set',
    ...BudgetSettings.parse({
      scope: 'all',
      unit: 'tokens',
      window: 'day',
      limit: 1_000,
      ...draft,
    }),
  });

const bearer = (over: Partial<Bearer> = {}): Bearer => ({
  principal: { ...LOCAL, id: 'shop' },
  labels: { feature: 'search', user: 'ada', team: 'green' },
  tool: 'summarize',
  ...over,
});
const nobody = { feature: null, user: null, team: null };

const subjects = (rules: readonly Rule[], whose: Bearer): Record<string, string> =>
  Object.fromEntries(
    metersOf(rules, whose, NOON).map(({ rule: { name }, subject }) => [name, subject]),
  );

const SCOPES = ['all', 'principal', 'team', 'user', 'feature', 'tool'] as const;
const each = SCOPES.map((scope) => rule(scope, { scope }));

describe('the meters of a bearer', () => {
  it('are those of everything that it is, in the order of the rules', () => {
    const found = metersOf(each, bearer(), NOON);
    expect(found.map(({ rule: { name }, subject }) => [name, subject])).toEqual([
      ['all', ''],
      ['principal', 'shop'],
      ['team', 'green'],
      ['user', 'ada'],
      ['feature', 'search'],
      ['tool', 'summarize'],
    ]);
    expect(metersOf(each.toReversed(), bearer(), NOON)).toEqual(found.toReversed());
  });

  it('are one meter for all that name no team, user or feature: they must not escape', () => {
    expect(subjects(each, bearer({ labels: nobody, tool: null }))).toEqual({
      all: '',
      principal: 'shop',
      team: '',
      user: '',
      feature: '',
    });
  });

  it('leave out what it is not: a budget of one user is not of those who name none', () => {
    const rules = [rule('one', { scope: 'user', of: 'ada' }), rule('tool', { scope: 'tool' })];
    expect(subjects(rules, bearer({ labels: nobody, tool: null }))).toEqual({});
  });

  it('are others when another unit, scope or window is counted', () => {
    const whose = bearer({ labels: { feature: 'x', user: 'x', team: 'x' } });
    const all = (['team', 'user'] as const).flatMap((scope) =>
      (['usd', 'requests'] as const).flatMap((unit) =>
        // On the first of a month a day and a month start together.
        (['day', 'month'] as const).map((window) => rule('same', { scope, unit, window })),
      ),
    );
    const first = Date.parse('2026-11-01T12:00:00Z');
    const names = metersOf(all, whose, first).map((each) => JSON.stringify(toMeter(each)));
    expect(new Set(names).size).toBe(all.length);
  });

  it('of a rule for one are only that one', () => {
    const mine = { principal: 'shop', team: 'green', user: 'ada', feature: 'search' };
    for (const [scope, of] of Object.entries({ ...mine, tool: 'summarize' })) {
      const draft = { scope: scope as Rule['scope'] };
      const rules = [
        rule('mine', { ...draft, of }),
        rule('other', { ...draft, of: 'other' }),
        rule('longer', { ...draft, of: `${of}s` }),
      ];
      expect(subjects(rules, bearer()), scope).toEqual({ mine: of });
    }
  });

  it('do not take a name in one scope for the same name in another', () => {
    const whose = bearer({ labels: { ...nobody, user: 'green' } });
    expect(subjects([rule('team', { scope: 'team', of: 'green' })], whose)).toEqual({});
    expect(subjects([rule('user', { scope: 'user', of: 'green' })], whose)).toEqual({
      user: 'green',
    });
  });

  it('without a tool are also those of the tools that rules name', () => {
    const rules = [
      rule('any', { scope: 'tool' }),
      rule('one', { scope: 'tool', of: 'summarize' }),
      rule('two', { scope: 'tool', of: 'translate' }),
    ];
    expect(subjects(rules, bearer({ tool: null }))).toEqual({ one: 'summarize', two: 'translate' });
    expect(subjects(rules, bearer())).toEqual({ any: 'summarize', one: 'summarize' });
  });

  it('have the windows of their rules, each in its own time zone', () => {
    const rules = [
      rule('utc'),
      rule('tokyo', { time_zone: 'Asia/Tokyo' }),
      rule('month', { window: 'month' }),
    ];
    const windows = metersOf(rules, bearer(), Date.parse('2026-11-23T16:00:00Z')).map(
      ({ window }) => [window.start, window.end].map((time) => new Date(time).toISOString()),
    );
    expect(windows).toEqual([
      ['2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
      ['2026-11-23T15:00:00.000Z', '2026-11-24T15:00:00.000Z'],
      ['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ]);
  });
});

describe('a meter for the store', () => {
  const metered = {
    rule: rule('green-day', { scope: 'team', unit: 'usd', limit: 2.5, thresholds: [80] }),
    subject: 'green',
    window: { start: 1_000, end: 2_000 },
  };

  it('is named by budget, subject, what it counts and start of the window', () => {
    expect(toMeter(metered)).toEqual({
      budget: 'green-day',
      subject: 'green',
      windowStart: 1_000,
      counts: 'team usd day',
    });
  });

  it('becomes a claim with what the store must know of the rule, in whole amounts', () => {
    expect(toClaim(metered, { amount: 300, charge: 200, mayPass: 50 })).toEqual({
      ...toMeter(metered),
      windowEnd: metered.window.end,
      unit: 'usd',
      limit: 2_500_000_000,
      thresholds: [80],
      amount: 300,
      charge: 200,
      mayPass: 50,
    });
  });
});
