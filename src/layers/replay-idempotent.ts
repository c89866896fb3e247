import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Layer, Outcome } from '../core/call/call.ts';
import { canonicalJson } from '../core/call/canonical-json.ts';
import { storedForMs, toStoredOutcome, type StoredOutcome } from '../core/call/stored-outcome.ts';
import { emitStreamedField } from '../core/call/streamed-field.ts';
import type { Tool } from '../core/tool/define-tool.ts';
import { callerGone, problem } from '../errors/problem.ts';
import { toProblem } from '../errors/to-problem.ts';
import type { Begun, IdempotencyStore, IdempotentCall } from '../stores/ports/store.ts';

export interface IdempotencyParts {
  store: IdempotencyStore;
  now: () => number;
  /** Time a call that runs has its key unless the lease is renewed, milliseconds. */
  leaseMs: number;
  /** Time an outcome is kept, milliseconds. */
  keepMs: number;
  /** Hears of outcomes that the store did not take; the caller gets its answer all the same. */
  onError: (error: unknown) => void;
  /** Rejects when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Pauses between looks at the first call: short at first, then longer. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;
const RETRY_AFTER_MS = 1_000;

/**
 * The same idempotency key and body: the same outcome, and no second charge. A key counts for its
 * principal only. A tool may declare that it runs again.
 */
export function buildReplayIdempotent(parts: IdempotencyParts): Layer {
  const writer = buildIdempotencyWriter(parts);
  return async function replayIdempotent(call, next) {
    const { tool, idempotencyKey: key } = call;
    if (key === null || !tool?.replays) return next(call);
    const bodyHash = hashOf({
      tool: tool.name,
      input: call.input,
      ...(call.promptWish !== null && { prompt: call.promptWish }),
    });
    const asked = { principal: call.principal.id, key, bodyHash, callId: call.id };
    await writer.catchUp();
    const begun = await beginOrWait(asked, { call, tool }, parts);
    if (begun.state === 'done') return replay(begun, call, tool);
    if (begun.state === 'mismatch') throw mismatch(begun.callId);
    try {
      const outcome = await next(call);
      await writer.close(asked, toStoredOutcome(outcome, call.meta));
      return outcome;
    } catch (error) {
      await writer.close(
        asked,
        toStoredOutcome({ ok: false, problem: toProblem(error) }, call.meta),
      );
      throw error;
    }
  };
}

const hashOf = (body: unknown): string =>
  createHash('sha256').update(canonicalJson(body)).digest('hex');

const mismatch = (firstId: string): Error =>
  problem('idempotency_mismatch', {
    detail: `The idempotency key was first used for call ${firstId}, with another tool or input.`,
  });

/**
 * Claims the key. While another call has it: waits for that one, as long as the tool may take.
 * @throws ProblemError idempotency_in_flight, cancelled
 */
async function beginOrWait(
  asked: IdempotentCall,
  { call, tool }: { call: Call; tool: Tool },
  {
    store,
    now,
    leaseMs,
    wait = (ms, signal) => sleep(ms, undefined, { signal }),
  }: IdempotencyParts,
): Promise<Exclude<Begun, { state: 'running' }>> {
  const giveUpAt = now() + tool.policy.deadlineMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const at = now();
    const begun = await store.begin(asked, { now: at, leaseUntil: at + leaseMs }).catch(unreadable);
    if (begun.state !== 'running') return begun;
    if (at >= giveUpAt) {
      const detail = `Call ${begun.callId} has this idempotency key and is still running.`;
      throw problem('idempotency_in_flight', { detail, retryAfterMs: RETRY_AFTER_MS });
    }
    try {
      await wait(Math.min(pause, giveUpAt - at), call.signal);
    } catch {
      throw callerGone();
    }
  }
}

/** Without knowing whether the call was made already it must not be made. */
function unreadable(cause: unknown): never {
  const detail = 'Whether this idempotency key was used could not be found out; nothing was spent.';
  throw problem('ledger_unavailable', { detail, cause });
}

/** The outcome of the first call once more. */
async function replay(
  first: Extract<Begun, { state: 'done' }>,
  { id, meta, emit }: Call,
  tool: Tool,
): Promise<Outcome> {
  const kept = JSON.parse(first.outcome) as StoredOutcome;
  meta.servedBy = 'replay';
  meta.replayOf = first.callId;
  meta.savedNanoUsd = kept.cost;
  meta.simulated = kept.simulated ?? meta.simulated;
  const replayed = { prompt: null, budget: null, replay_of: first.callId };
  await emit({ event: 'call', data: { id, tool: tool.name, ...replayed } });
  if (!kept.ok) throw problem(kept.code, kept.details);
  meta.degraded = kept.degraded;
  const { output } = kept;
  await emitStreamedField({ emit }, { tool, output });
  return { ok: true, output };
}

interface IdempotencyWriter {
  /** Keeps the outcome, or gives the key up. Never rejects. */
  close(asked: IdempotentCall, kept: StoredOutcome | null): Promise<void>;
  /** Tries again what the store did not take. Never rejects. */
  catchUp(): Promise<void>;
}

/**
 * A key that could not be closed would count as running for as long as this process lives, and a
 * retry would wait in vain: so it is closed before the next key is begun.
 */
function buildIdempotencyWriter({
  store,
  now,
  keepMs,
  onError,
}: IdempotencyParts): IdempotencyWriter {
  const unclosed = new Set<() => Promise<void>>();
  const attempt = async (close: () => Promise<void>): Promise<void> => {
    try {
      await close();
      unclosed.delete(close);
    } catch (error) {
      unclosed.add(close);
      onError(error);
    }
  };
  return {
    close(asked, kept) {
      if (kept === null) return attempt(() => store.abandon(asked));
      const keepUntil = now() + storedForMs(kept, keepMs);
      return attempt(() => store.finish(asked, JSON.stringify(kept), keepUntil));
    },
    async catchUp() {
      await Promise.all([...unclosed].map(attempt));
    },
  };
}
