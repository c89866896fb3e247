import type { Bearer } from '../core/services/budgets.ts';
import type { Claim, Meter } from '../core/call/hold.ts';
import type { Metered, Rule } from './rule.ts';
import { windowAt } from './windows.ts';

/** The rules that limit a bearer at a moment (milliseconds since the epoch), in the order given. */
export function metersOf(rules: readonly Rule[], bearer: Bearer, at: number): Metered[] {
  return rules.flatMap((rule): Metered[] => {
    const subject = subjectOf(rule, bearer);
    if (subject === null || !isFor(rule, subject)) return [];
    return [{ rule, subject, window: windowAt(rule.window, rule.timeZone, at) }];
  });
}

/** The subject of calls that name no team, user or feature: they share a meter. */
const NOBODY = '';

/** Team, user … that the bearer is to a rule; null where it is none. */
function subjectOf({ scope, of }: Rule, { principal, labels, tool }: Bearer): string | null {
  switch (scope) {
    case 'all':
      return '';
    case 'principal':
      return principal.id;
    // A bearer with no tool in particular may yet call the one that is named.
    case 'tool':
      return tool ?? of;
    case 'team':
    case 'user':
    case 'feature':
      return labels[scope] ?? NOBODY;
  }
}

const isFor = ({ of }: Rule, subject: string): boolean => of === null || of === subject;

/** Its meter, as a store knows it. */
export const toMeter = ({ rule, subject, window }: Metered): Meter => ({
  budget: rule.name,
  subject,
  counts: `${rule.scope} ${rule.unit} ${rule.window}`,
  windowStart: window.start,
});

/** Amounts of a claim: tokens, nano-dollars or requests, integer. */
type Amounts = Pick<Claim, 'amount' | 'charge' | 'mayPass'>;

/** Amount reserved on it, and the one used if the process dies. */
export const toClaim = (metered: Metered, amounts: Amounts): Claim => ({
  ...toMeter(metered),
  windowEnd: metered.window.end,
  unit: metered.rule.unit,
  limit: metered.rule.limit,
  thresholds: metered.rule.thresholds,
  ...amounts,
});
