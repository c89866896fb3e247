import type { Call } from '../core/call/call.ts';
import type { Purchase } from '../core/call/hold.ts';

/** The ledger row of the call if the process died now: what is under way is lost, at its worst. */
export function epitaphOf(
  call: Call,
  { lost, now }: { lost: Purchase['lost'] | null; now: number },
): Call {
  const { meta } = call;
  return {
    ...call,
    meta: {
      ...meta,
      attempts: lost === null ? meta.attempts : [...meta.attempts, lost],
      servedBy: 'none',
      finish: 'error',
      errorCode: 'process_lost',
      latencyMs: now - meta.startedAt,
    },
  };
}
