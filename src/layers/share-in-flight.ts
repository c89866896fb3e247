import { totalCostNanoUsd } from '../core/call/usage.ts';
import type { CacheAsk } from '../core/call/cache-lookup.ts';
import type { Call, CallMeta, Layer, Next, Outcome } from '../core/call/call.ts';
import { Flight, Listener, type Landing } from '../cache/shared-call.ts';
import type { Code } from '../errors/codes.ts';
import { callerGone } from '../errors/problem.ts';

/** Ends that concern only the call that made the journey: others may fare better. */
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
 * what it hears, each at its own pace. Anybody may leave, the first one too; if its journey ends for
 * reasons of its own, the next one sets out.
 */
export function buildShareInFlight(now: () => number): Layer {
  const flights = new Map<string, Flight>();
  return async function shareInFlight(call, next) {
    const { cacheAsk: ask, tool } = call;
    if (!ask || !tool || !mayShare(ask)) return next(call);
    const deadlineAt = call.deadlineAt ?? now() + tool.policy.deadlineMs;
    const timed = { ...call, deadlineAt };
    const listener = new Listener(call);
    for (;;) {
      const flight = flights.get(ask.exactKey);
      if (!flight) return lead(timed, next, { flights, key: ask.exactKey, listener });
      const landing = await follow(flight, listener, call);
      if (landing.outcome.ok || !OWN_ENDS.has(landing.outcome.problem.code))
        return share(landing, call);
    }
  };
}

/** Who wants a new answer, or nothing kept of it, goes alone. */
const mayShare = ({ control }: CacheAsk): boolean => control.mayRead && control.mayStore;

interface Tower {
  flights: Map<string, Flight>;
  key: string;
  /** The leader's: it may have heard of a flight before. */
  listener: Listener;
}

/** The first one of a kind: what is below runs while anybody wants it, whether the first one does or not. */
async function lead(call: Call, next: Next, { flights, key, listener }: Tower): Promise<Outcome> {
  const flight = new Flight();
  listener.prepare({ isLeader: true });
  flight.board(listener);
  const forget = watch(flight, listener, call);
  flights.set(key, flight);
  flight.depart(async () => {
    try {
      return await next({ ...call, signal: flight.signal, emit: flight.emit });
    } finally {
      flights.delete(key);
    }
  }, call.meta);
  const { outcome } = await flight.landed();
  await tellAll(flight, listener, call);
  forget();
  if (call.signal.aborted) throw callerGone();
  if (!outcome.ok) throw outcome.problem;
  return outcome;
}

async function follow(flight: Flight, listener: Listener, call: Call): Promise<Landing> {
  listener.prepare({ isLeader: false });
  flight.board(listener);
  const forget = watch(flight, listener, call);
  try {
    void flight.tell(listener);
    const landing = await Promise.race([flight.landed(), gone(call.signal)]);
    await tellAll(flight, listener, call);
    return landing;
  } finally {
    forget();
  }
}

/** Leaves the flight with its caller. @returns what ends the watch */
function watch(flight: Flight, listener: Listener, { signal }: Call): () => void {
  const onGone = (): void => {
    listener.leave();
    flight.leave(listener, callerGone());
  };
  if (signal.aborted) onGone();
  signal.addEventListener('abort', onGone, { once: true });
  return () => {
    signal.removeEventListener('abort', onGone);
  };
}

/** Everything that was said, unless the caller leaves meanwhile. */
async function tellAll(flight: Flight, listener: Listener, { signal }: Call): Promise<void> {
  const told = flight.tell(listener);
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

/** The end of the flight as that of a call that was on board. */
function share({ outcome, meta: flown }: Landing, { meta }: Call): Outcome {
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
