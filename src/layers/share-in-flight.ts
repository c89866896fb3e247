import { totalCostNanoUsd } from '../core/call/usage.ts';
import type { CacheLookup } from '../core/call/cache-lookup.ts';
import type { Call, CallMeta, Layer, Next, Outcome } from '../core/call/call.ts';
import { SharedCall, Listener, type SharedOutcome } from '../cache/shared-call.ts';
import type { Code } from '../errors/codes.ts';
import { callerGone } from '../errors/problem.ts';

/** Ends that concern only the call that made the run: others may fare better. */
const OWN_ENDS: ReadonlySet<Code> = new Set([
  'cancelled',
  'deadline_exceeded',
  'budget_spent',
  'budget_too_small',
  'budget_cut',
  'budget_held',
  'rate_limited',
]);

/**
 * Identical calls that run at the same time make one: the first goes on and pays, the others hear
 * what it hears, each at its own pace. Anybody may leave, the first one too; if its run ends for
 * reasons of its own, the next one sets out.
 */
export function buildShareInFlight(now: () => number): Layer {
  const sharedCalls = new Map<string, SharedCall>();
  return async function shareInFlight(call, next) {
    const { cacheLookup: lookup } = call;
    if (!lookup || !mayShare(lookup)) return next(call);
    const deadlineAt = call.deadlineAt ?? now() + lookup.tool.policy.deadlineMs;
    const timed = { ...call, deadlineAt };
    const listener = new Listener(call, now);
    for (;;) {
      const sharedCall = sharedCalls.get(lookup.exactKey);
      if (!sharedCall) return lead(timed, next, { sharedCalls, key: lookup.exactKey, listener });
      const shared = await follow(sharedCall, listener, call);
      if (shared.outcome.ok || !OWN_ENDS.has(shared.outcome.problem.code))
        return share(shared, call);
    }
  };
}

/** A call for a new answer, or with nothing kept, goes alone. */
const mayShare = ({ control }: CacheLookup): boolean => control.mayRead && control.mayStore;

interface LeadContext {
  sharedCalls: Map<string, SharedCall>;
  key: string;
  /** The leader's: it may have heard of a shared call before. */
  listener: Listener;
}

/** The first one of a kind: what is below runs while anybody wants it, whether the first one does or not. */
async function lead(
  call: Call,
  next: Next,
  { sharedCalls, key, listener }: LeadContext,
): Promise<Outcome> {
  const sharedCall = new SharedCall();
  listener.prepare({ isLeader: true });
  sharedCall.subscribe(listener);
  const forget = watch(sharedCall, listener, call);
  sharedCalls.set(key, sharedCall);
  sharedCall.start(async () => {
    try {
      return await next({ ...call, signal: sharedCall.signal, emit: sharedCall.emit });
    } finally {
      sharedCalls.delete(key);
    }
  }, call.meta);
  const { outcome } = await sharedCall.settled();
  await tellAll(sharedCall, listener, call);
  forget();
  if (call.signal.aborted) throw callerGone();
  if (!outcome.ok) throw outcome.problem;
  return outcome;
}

async function follow(
  sharedCall: SharedCall,
  listener: Listener,
  call: Call,
): Promise<SharedOutcome> {
  listener.prepare({ isLeader: false });
  sharedCall.subscribe(listener);
  const forget = watch(sharedCall, listener, call);
  try {
    void sharedCall.tell(listener);
    const shared = await Promise.race([sharedCall.settled(), gone(call.signal)]);
    await tellAll(sharedCall, listener, call);
    return shared;
  } finally {
    forget();
  }
}

/** Leaves the shared call with its caller. @returns what ends the watch */
function watch(sharedCall: SharedCall, listener: Listener, { signal }: Call): () => void {
  const onGone = (): void => {
    listener.leave();
    sharedCall.leave(listener, callerGone());
  };
  if (signal.aborted) onGone();
  signal.addEventListener('abort', onGone, { once: true });
  return () => {
    signal.removeEventListener('abort', onGone);
  };
}

/** Everything that was said, unless the caller leaves meanwhile. */
async function tellAll(
  sharedCall: SharedCall,
  listener: Listener,
  { signal }: Call,
): Promise<void> {
  const told = sharedCall.tell(listener);
  if (told) await Promise.race([told, gone(signal).catch(() => undefined)]);
}

const gone = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(callerGone());
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/** The end of the shared call as that of a call that was subscribed. */
function share({ outcome, meta: flown }: SharedOutcome, { meta }: Call): Outcome {
  const { model, route, degraded, partial } = flown;
  Object.assign(meta, { model, route, degraded, partial } satisfies Partial<CallMeta>);
  if (!outcome.ok) throw outcome.problem;
  meta.servedBy = 'shared';
  meta.savedNanoUsd = totalCostNanoUsd(flown) + flown.savedNanoUsd;
  const entry = flown.cache?.entry ?? null;
  const reason = 'An identical call ran at the same time; this is its answer.';
  meta.cache = { tier: 'shared', entry, ageMs: 0, stored: false, reason };
  return outcome;
}
