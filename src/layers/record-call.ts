import type { Logger } from 'pino';
import type { Call, Layer, Outcome } from '../core/call/call.ts';
import type { Claim } from '../core/call/hold.ts';
import { toWireCall } from '../core/call/wire.ts';
import { problem } from '../errors/problem.ts';
import type { LedgerWriter } from '../stores/ports/store.ts';

/**
 * One ledger row per call: answers, failures and refusals too. What the call had reserved is settled
 * in the same transaction, so that the rows always add up to what the budgets say.
 *
 * A ledger that is gone, full or damaged lets no call in, so that no money is spent that the books
 * would not show. A row that such a ledger did not take is kept, and written before the next call is
 * let through. (One that no ledger would take, the store sets aside.)
 */
export function buildRecordCall(ledger: LedgerWriter, log: Logger, now: () => number): Layer {
  const unwritten = new Map<Call, readonly Claim[]>();

  const writeOff = async (): Promise<void> => {
    for (const [call, claims] of unwritten) {
      await ledger.record(call, claims);
      unwritten.delete(call);
    }
  };

  return async function recordCall(call, next) {
    const trouble = ledger.trouble();
    if (trouble !== null) return refuse(call, `Nothing new is spent: ${trouble}.`);
    try {
      await writeOff();
    } catch (cause) {
      return refuse(call, UNWRITTEN, cause);
    }
    const outcome = await next(call);
    call.meta.latencyMs = now() - call.meta.startedAt;
    const { settlement } = call.meta;
    const claims = (await settlement?.settle()) ?? [];
    try {
      const standings = await ledger.record(call, claims);
      // A call that was refused keeps what it was told.
      if (settlement && call.meta.budget && claims.length > 0)
        call.meta.budget.limits = settlement.toStates(standings);
    } catch (err) {
      unwritten.set(call, claims);
      log.fatal({ err, row: toWireCall(call) }, 'a ledger row could not be written; it is kept');
    }
    return outcome;
  };
}

const UNWRITTEN = 'An earlier call could not be recorded; nothing new is spent until it is.';

function refuse({ meta }: Call, detail: string, cause?: unknown): Outcome {
  meta.errorCode = 'ledger_unavailable';
  return { ok: false, problem: problem('ledger_unavailable', { detail, cause }) };
}
