import type { BudgetState } from '../../schemas/wire/budget.ts';
import type { Standing } from '../core/call/hold.ts';
import { toWireAmount, type Metered } from './rule.ts';

/** Amount left to reserve: tokens, nano-dollars or requests; never below 0. */
export const remainingOf = ({ rule }: Metered, { used, held }: Standing): number =>
  Math.max(0, rule.limit - used - held);

/** By how much the limit is passed if every running call takes all that it may; never below 0. */
const mayPassOf = ({ rule }: Metered, { used, held, mayPass }: Standing): number =>
  Math.max(0, used + held + mayPass - rule.limit);

/** State of a meter, in the words of the wire. */
export function toState(metered: Metered, standing: Standing): BudgetState {
  const { rule, subject, window } = metered;
  return {
    budget: rule.name,
    scope: rule.scope,
    of: subject === '' ? null : subject,
    unit: rule.unit,
    window: rule.window,
    limit: toWireAmount(rule, rule.limit),
    used: toWireAmount(rule, standing.used),
    held: toWireAmount(rule, standing.held),
    remaining: toWireAmount(rule, remainingOf(metered, standing)),
    may_pass: toWireAmount(rule, mayPassOf(metered, standing)),
    resets_at: new Date(window.end).toISOString(),
  };
}

/** States of meters, in the order given. */
export const toStates = (
  metered: readonly Metered[],
  standings: readonly Standing[],
): BudgetState[] =>
  metered.flatMap((each, index) => {
    const standing = standings[index];
    return standing ? [toState(each, standing)] : [];
  });

/** Those of which the smallest part is left come first. */
export const tightestFirst = (states: readonly BudgetState[]): BudgetState[] =>
  states.toSorted((a, b) => a.remaining / a.limit - b.remaining / b.limit);
