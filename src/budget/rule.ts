import type { Budget, BudgetSettings } from '../../schemas/wire/budget.ts';

/** A budget as the arithmetic sees it. */
export interface Rule extends Omit<BudgetSettings, 'time_zone'> {
  name: string;
  timeZone: string;
  /** In whole amounts: tokens, nano-dollars or requests. */
  limit: number;
}

/** A rule as it bears on one call: whose it is, and in which window. Times are milliseconds since the epoch. */
export interface Metered {
  rule: Rule;
  /** The team, user …; empty for the scope all. */
  subject: string;
  window: { start: number; end: number };
}

const NANO = 1e9;

export const toRule = ({ name, time_zone: timeZone, limit, ...rest }: Budget): Rule => ({
  ...rest,
  name,
  timeZone,
  limit: rest.unit === 'usd' ? Math.round(limit * NANO) : limit,
});

/** An amount in the words of the wire: dollars, tokens or requests. */
export const toWireAmount = ({ unit }: Pick<Rule, 'unit'>, amount: number): number =>
  unit === 'usd' ? amount / NANO : amount;
