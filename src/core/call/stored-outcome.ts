import type { Code } from '../../errors/codes.ts';
import { isRetryable, type ProblemDetails } from '../../errors/problem.ts';
import type { CallMeta, Outcome } from './call.ts';
import { totalCostNanoUsd } from './usage.ts';

/** An outcome as it is kept for an idempotency key. It survives JSON. */
export type StoredOutcome = {
  /** Saving by a replay, integer nano-dollars. */
  cost: number;
  /** Whether the simulator made it; those that were kept before it was kept do not say. */
  simulated?: boolean;
} & (
  | { ok: true; output: unknown; degraded: boolean }
  | { ok: false; code: Code; details: ProblemDetails }
);

/**
 * Outcome for a retry with the same key. Null: it runs anew. So it does after failures that
 * were free or may pass, and after those that only say how long somebody was ready to wait.
 */
export function toStoredOutcome(outcome: Outcome, meta: CallMeta): StoredOutcome | null {
  const { simulated, degraded } = meta;
  const cost = totalCostNanoUsd(meta);
  if (outcome.ok) return { ok: true, output: outcome.output, degraded, cost, simulated };
  const { code, details } = outcome.problem;
  const mayPass = isRetryable(code) || code === 'cancelled' || code === 'deadline_exceeded';
  if (mayPass || cost === 0) return null;
  return { ok: false, code, details: { ...details, cause: undefined }, cost, simulated };
}

/** Time it is kept: a problem that names a time to come back must be gone by then. */
export const storedForMs = (kept: StoredOutcome, mostMs: number): number =>
  kept.ok ? mostMs : Math.min(mostMs, kept.details.retryAfterMs ?? mostMs);
