import { describe, expect, it } from 'vitest';
import { exceededBudgets, refusalOf } from '../../src/budget/refusal.ts';
import { isRetryable } from '../../src/errors/problem.ts';
import { answered, metered, START } from './fixture.ts';

const NOW = START + 3_600_000;
const refuse = (...each: Parameters<typeof answered>) => refusalOf(answered(...each), { now: NOW });

describe('a refusal', () => {
  it('names the budget, what the call may need, what is used, held and left, and until when', () => {
    const team = metered({ name: 'shop', scope: 'team', of: 'shop', unit: 'usd', limit: 2 });
    const { code, details } = refuse({ on: team, used: 1.5e9, held: 0.25e9, amount: 0.6e9 });
    expect(code).toBe('budget_spent');
    expect(details.detail).toBe(
      'The budget "shop" (team shop, 2 usd per day) does not pay for it: the call may need 0.6 usd; 1.5 usd are used, 0.25 usd held, 0.25 usd left until 2026-11-27T00:00:00.000Z.',
    );
    expect(details.limits).toEqual([
      {
        budget: 'shop',
        unit: 'usd',
        limit: 2,
        used: 1.5,
        held: 0.25,
        remaining: 0.25,
        resets_at: '2026-11-27T00:00:00.000Z',
      },
    ]);
  });

  it('of a long window is final until its reset, and says when that is', () => {
    const { code, details } = refuse({ on: metered(), used: 950 });
    expect([code, isRetryable(code), details.retryAfterMs]).toEqual([
      'budget_spent',
      false,
      undefined,
    ]);
    expect(details.nextActions).toMatchObject([
      { action: 'wait_until_reset', params: { resets_at: '2026-11-27T00:00:00.000Z' } },
      { action: 'ask_owner' },
    ]);
  });

  it.each(['minute', 'hour'] as const)(
    'of a %s is a limit on the rate: come back then',
    (window) => {
      const on = { ...metered({ window }), window: { start: START, end: NOW + 40_000 } };
      const { code, details } = refuse({ on, used: 950 });
      expect([code, isRetryable(code), details.retryAfterMs]).toEqual([
        'rate_limited',
        true,
        40_000,
      ]);
    },
  );

  it('over what running calls hold passes soon', () => {
    const { code, details } = refuse({ on: metered(), used: 500, held: 450 });
    expect([code, isRetryable(code)]).toEqual(['budget_held', true]);
    expect(details.retryAfterMs).toBe(1_000);
    expect(details.nextActions?.[0]?.action).toBe('retry_after_delay');
  });

  it('over a running call that may still take what is left passes soon', () => {
    const asked = { on: metered(), held: 800, amount: 100, mayPass: 300, others: 50 };
    const { code, details } = refuse(asked);
    expect([code, details.retryAfterMs]).toEqual(['budget_held', 1_000]);
    expect(exceededBudgets(answered({ ...asked, others: 0 }))).toEqual([]);
    expect(exceededBudgets(answered({ ...asked, mayPass: 0 }))).toEqual([]);
  });

  it('of calls without a user says so, and does not speak of all calls', () => {
    const each = { ...metered({ scope: 'user' }), subject: '' };
    expect(refuse({ on: each, used: 950 }).details.detail).toContain('(calls without a user, ');
    expect(refuse({ on: metered(), used: 950 }).details.detail).toContain('(all calls, ');
  });

  it('of a call that is larger than the budget tells nobody to wait', () => {
    const { code, details } = refuse({ on: metered(), amount: 1_001 });
    expect([code, isRetryable(code), details.retryAfterMs]).toEqual([
      'budget_too_small',
      false,
      undefined,
    ]);
    expect(details.nextActions?.map(({ action }) => action)).toEqual(['ask_owner']);
  });

  it('says what fits now before anything else', () => {
    const way = { action: 'use_cheaper_model', why: 'It fits.' };
    const { details } = refusalOf(answered({ on: metered(), used: 950 }), {
      now: NOW,
      ways: [way],
    });
    expect(details.nextActions?.[0]).toBe(way);
  });

  it('is about the most final of several budgets, and lists those alone that do not fit', () => {
    const held = metered({ name: 'held' });
    const spent = metered({ name: 'spent' });
    const fine = metered({ name: 'fine' });
    const found = exceededBudgets(
      answered({ on: fine }, { on: held, held: 950 }, { on: spent, used: 950 }),
    );
    expect(found.map(({ metered: { rule }, why }) => [rule.name, why])).toEqual([
      ['spent', 'budget_spent'],
      ['held', 'budget_held'],
    ]);
  });
});
