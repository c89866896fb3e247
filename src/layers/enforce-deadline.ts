import type { Layer, Outcome } from '../core/call/call.ts';
import { callerGone, problem, type ProblemError } from '../errors/problem.ts';

/** Time that layers below have to settle after an abort before they are left behind. */
const GRACE_MS = 250;

/**
 * One AbortSignal for everything below: it aborts when time is up or the caller leaves, with the
 * problem as its reason. The call ends then even if something below does not listen.
 */
export const buildEnforceDeadline = (now: () => number): Layer =>
  async function enforceDeadline(call, next) {
    const allowedMs = call.tool?.policy.deadlineMs ?? 0;
    // A call that has waited for an identical one has less time left.
    const deadlineAt = call.deadlineAt ?? now() + allowedMs;
    const controller = new AbortController();
    const stop = (reason: ProblemError): void => {
      controller.abort(reason);
    };
    const onGone = (): void => {
      stop(callerGone());
    };
    const timer = setTimeout(() => {
      const detail = `The call took longer than the ${String(allowedMs / 1000)} s its tool allows.`;
      stop(problem('deadline_exceeded', { detail }));
    }, deadlineAt - now());
    call.signal.addEventListener('abort', onGone, { once: true });
    if (call.signal.aborted) onGone();
    try {
      const below = next({ ...call, signal: controller.signal, deadlineAt });
      return await Promise.race([below, rejectAfterGrace(controller.signal)]);
    } finally {
      clearTimeout(timer);
      call.signal.removeEventListener('abort', onGone);
    }
  };

const rejectAfterGrace = (signal: AbortSignal): Promise<Outcome> =>
  new Promise((_resolve, reject) => {
    const later = (): void => {
      setTimeout(() => {
        reject(signal.reason as ProblemError);
      }, GRACE_MS).unref();
    };
    if (signal.aborted) later();
    else signal.addEventListener('abort', later, { once: true });
  });
