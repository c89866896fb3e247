import { BudgetSettings, type BudgetDraft } from '../../schemas/wire/budget.ts';
import type { Standing } from '../../src/core/call/hold.ts';
import { toClaim, toMeter } from '../../src/budget/meters.ts';
import type { Answered } from '../../src/budget/answered.ts';
import { toRule, type Metered } from '../../src/budget/rule.ts';

export const START = Date.parse('2026-11-26T00:00:00Z');
const DAY_MS = 24 * 3_600_000;

/** A budget of 1,000 tokens a day for everybody, but for what is said. */
export const metered = (over: Partial<BudgetDraft> & { name?: string } = {}): Metered => {
  const { name = 'day', ...draft } = over;
  const settings = BudgetSettings.parse({
    scope: 'all',
    unit: 'tokens',
    window: 'day',
    limit: 1_000,
    ...draft,
  });
  const rule = toRule({ name, source: 'set', ...settings });
  const subject = settings.scope === 'all' ? '' : (settings.of ?? 'somebody');
  return { rule, subject, window: { start: START, end: START + DAY_MS } };
};

/** How a claim of so much is answered where so much is used and held already. */
export function answered(
  ...each: {
    on: Metered;
    used?: number;
    held?: number;
    amount?: number;
    mayPass?: number;
    /** What others may use beyond what they hold. */
    others?: number;
  }[]
): Answered {
  return {
    held: false,
    metered: each.map(({ on }) => on),
    claims: each.map(({ on, amount = 100, mayPass = 0 }) =>
      toClaim(on, { amount, charge: 0, mayPass }),
    ),
    standings: each.map(({ on, used = 0, held = 0, others = 0 }): Standing => ({
      ...toMeter(on),
      used,
      held,
      mayPass: others,
    })),
  };
}
