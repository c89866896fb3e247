import type { Database } from 'better-sqlite3';
import type { Begun, IdempotencyStore, IdempotentCall } from '../ports/store.ts';
import type { Writer } from './writer.ts';

interface IdempotencyRow {
  bodyHash: string;
  callId: string;
  outcome: string | null;
}
interface At {
  now: number;
  until: number;
}

/** A key is free when nobody has it, and when its time is past: that of its outcome, or of its lease. */
export function openIdempotencyStore(
  db: Database,
  writer: Writer,
  processId: string,
): IdempotencyStore {
  const find = db.prepare<IdempotentCall & Pick<At, 'now'>, IdempotencyRow>(
    `SELECT body_hash AS bodyHash, call AS callId, outcome FROM idempotency_keys
     WHERE principal = @principal AND key = @key AND until >= @now`,
  );
  const claim = db.prepare<IdempotentCall & At & { processId: string }>(
    `INSERT INTO idempotency_keys (principal, key, body_hash, call, process, until)
     VALUES (@principal, @key, @bodyHash, @callId, @processId, @until)
     ON CONFLICT (principal, key) DO UPDATE SET body_hash = excluded.body_hash, call = excluded.call,
       process = excluded.process, until = excluded.until, outcome = NULL`,
  );
  const keep = db.prepare<IdempotentCall & { outcome: string; until: number }>(
    `UPDATE idempotency_keys SET outcome = @outcome, until = @until
     WHERE principal = @principal AND key = @key AND call = @callId`,
  );
  const giveUp = db.prepare<IdempotentCall>(
    `DELETE FROM idempotency_keys
     WHERE principal = @principal AND key = @key AND call = @callId AND outcome IS NULL`,
  );

  /** State of a key that is not free. */
  const look = (call: IdempotentCall, now: number): Begun | null => {
    const row = find.get({ ...call, now });
    return row ? toBegun(row, call) : null;
  };

  return {
    async begin(call, { now, leaseUntil }) {
      // Waiting calls ask again and again: only those that find the key free queue for the write lock.
      const known = look(call, now);
      if (known) return known;
      return writer.write((): Begun => {
        const meanwhile = look(call, now);
        if (meanwhile) return meanwhile;
        claim.run({ ...call, processId, now, until: leaseUntil });
        return { state: 'mine' };
      });
    },
    finish: (call, outcome, keepUntil) =>
      writer.write(() => void keep.run({ ...call, outcome, until: keepUntil })),
    abandon: (call) => writer.write(() => void giveUp.run(call)),
  };
}

function toBegun({ bodyHash, callId, outcome }: IdempotencyRow, call: IdempotentCall): Begun {
  if (bodyHash !== call.bodyHash) return { state: 'mismatch', callId };
  return outcome === null ? { state: 'running', callId } : { state: 'done', callId, outcome };
}
