import { setTimeout } from 'node:timers/promises';
import type { CallBudget } from '../../schemas/wire/call.ts';
import type { Call } from '../core/call/call.ts';
import type { Plan } from '../core/call/plan.ts';
import type { LlmTool } from '../core/tool/define-tool.ts';
import type { ProblemError } from '../errors/problem.ts';
import { fits, shorterThatFits } from './fit.ts';
import type { Answered } from './answered.ts';
import type { WaitingLines } from './waiting-line.ts';
import { exceededBudgets, type ExceededBudget } from './refusal.ts';

/** One try to get in. */
export interface Try {
  answered: Answered;
  plan: Plan;
}

interface Making {
  lines: WaitingLines;
  now: () => number;
  call: Call;
  tool: LlmTool;
  attempt: (plan: Plan) => Promise<Try>;
}

/** The try, and what was changed. */
interface Made {
  got: Try;
  fitted: CallBudget['fitted'];
}

/**
 * Try what the budgets that stand in the way allow: nothing if one of them wants the call refused,
 * else a shorter answer, a cheaper model, or to wait, in this order.
 */
export async function fitToBudget(making: Making, first: Try): Promise<Made> {
  const { tool } = making;
  const exceeded = exceededBudgets(first.answered);
  const wishes = new Set(
    exceeded.map(({ metered }) => metered.rule.misfit ?? tool.policy.budget.misfit),
  );
  const refused = { got: first, fitted: null };
  if (wishes.has('refuse')) return refused;
  const name = exceeded[0]?.metered.rule.name ?? '';
  return (
    (wishes.has('clamp') ? await clamp(making, first, name) : null) ??
    (wishes.has('downgrade') ? await downgrade(making, first, name) : null) ??
    (wishes.has('queue') ? await queue(making, first) : null) ??
    refused
  );
}

/** Others take room at the same time; what is left changes between the look and the reservation. */
const TRIES = 3;

async function clamp(making: Making, first: Try, budget: string): Promise<Made | null> {
  let last = first;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const most = shorterThatFits(first.plan, last.answered);
    if (most === null) return null;
    last = await making.attempt(first.plan.narrow({ maxOutputTokens: most }));
    if (!last.answered.held) continue;
    const why = `What is left of "${budget}" pays for an answer of ${String(most)} tokens at most: a longer one is truncated.`;
    return { got: last, fitted: { how: 'clamped', why } };
  }
  return null;
}

async function downgrade(making: Making, first: Try, budget: string): Promise<Made | null> {
  const { plan, answered } = first;
  const asked = plan.models[0] ?? '';
  for (const [index, model] of plan.models.entries()) {
    if (index === 0) continue;
    const cheaper = plan.narrow({ models: plan.models.slice(index) });
    if (!fits(cheaper, answered)) continue;
    const got = await making.attempt(cheaper);
    if (!got.answered.held) continue;
    const why = `What is left of "${budget}" does not pay for ${asked}: ${model} is asked instead.`;
    return { got, fitted: { how: 'downgraded', why } };
  }
  return null;
}

/** Between two looks at a budget that is full, milliseconds. */
const LOOK_EVERY_MS = 100;

/** The answer needs some of the call's time too. */
const SHARE_FOR_WAITING = 0.8;

/** Wait for the window or for running calls, as long as there is hope within the call's time. */
async function queue({ lines, now, call, attempt }: Making, first: Try): Promise<Made | null> {
  const from = now();
  const latest = from + ((call.deadlineAt ?? from) - from) * SHARE_FOR_WAITING;
  const isHopeless = ({ why, metered }: ExceededBudget): boolean =>
    why === 'budget_too_small' || (why !== 'budget_held' && metered.window.end > latest);
  const [misfit] = exceededBudgets(first.answered);
  if (!misfit) return null;
  const { name } = misfit.metered.rule;
  const turn = lines.join(`${name}/${misfit.metered.subject}`);
  let last = first;
  let told = 0;
  try {
    while (now() < latest && !exceededBudgets(last.answered).some(isHopeless)) {
      const position = turn.position();
      if (position !== told)
        await call.emit({ event: 'queue', data: { model: null, budget: name, position } });
      told = position;
      await setTimeout(LOOK_EVERY_MS, undefined, { signal: call.signal }).catch(() => undefined);
      if (call.signal.aborted) throw call.signal.reason as ProblemError;
      if (position > 1) continue;
      last = await attempt(first.plan);
      if (!last.answered.held) continue;
      const waited = `Waited ${String(now() - from)} ms for "${name}".`;
      return { got: last, fitted: { how: 'queued', why: waited } };
    }
    return { got: last, fitted: null };
  } finally {
    turn.leave();
  }
}
