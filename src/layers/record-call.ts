import type { Logger } from 'pino';
import type { Call, Layer } from '../call/call.ts';
import { toWireCall } from '../call/wire.ts';
import { problem } from '../errors/problem.ts';
import type { LedgerWriter } from '../stores/ports.ts';

/**
 * One ledger row per call: answers, failures and refusals too.
 *
 * A row that cannot be written is kept and written before the next call is let through; until that
 * works calls are refused, so that no money is spent that the books would not show.
 */
export function buildRecordCall(ledger: LedgerWriter, log: Logger, now: () => number): Layer {
  const unwritten = new Set<Call>();

  const writeOff = async (): Promise<void> => {
    for (const call of unwritten) {
      await ledger.record(call);
      unwritten.delete(call);
    }
  };

  return async function recordCall(call, next) {
    try {
      await writeOff();
    } catch (cause) {
      const detail = 'An earlier call could not be recorded; nothing new is spent until it is.';
      call.meta.errorCode = 'ledger_unavailable';
      return { ok: false, problem: problem('ledger_unavailable', { detail, cause }) };
    }
    const outcome = await next(call);
    call.meta.latencyMs = now() - call.meta.startedAt;
    try {
      await ledger.record(call);
    } catch (err) {
      unwritten.add(call);
      log.fatal({ err, row: toWireCall(call) }, 'a ledger row could not be written; it is kept');
    }
    return outcome;
  };
}
