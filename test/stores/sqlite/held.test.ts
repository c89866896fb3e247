import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../src/core/call/hold.ts';
import { claim, LATER, LEASE, METER, OTHER, spent } from '../cases/spending.ts';
import { newFile } from './new-file.ts';
import { runs } from '../../support/depth.ts';

/** What meters say is held, and what the rows of holds add up to. */
function sums(path: string): [meters: Record<string, number>, rows: Record<string, number>] {
  const db = new Database(path, { readonly: true });
  const meters = db
    .prepare<[], { budget: string; held: number }>(
      'SELECT budget, held FROM meters WHERE held <> 0',
    )
    .all();
  const claims = db
    .prepare<[], string>('SELECT claims FROM holds')
    .pluck()
    .all()
    .flatMap((json) => JSON.parse(json) as Claim[]);
  db.close();
  const rows: Record<string, number> = {};
  for (const { budget, amount } of claims) rows[budget] = (rows[budget] ?? 0) + amount;
  return [
    Object.fromEntries(meters.map(({ budget, held }) => [budget, held])),
    Object.fromEntries(Object.entries(rows).filter(([, held]) => held !== 0)),
  ];
}

const call = fc.nat(4).map((n) => `call_${String(n)}`);
const amount = fc.nat(40);
const meters = fc.subarray([METER, OTHER]);
const step = fc.oneof(
  fc.record({ do: fc.constant('hold' as const), call, amount, meters }),
  fc.record({ do: fc.constant('record' as const), call }),
  fc.record({ do: fc.constant('sweep' as const) }),
);

describe('what a meter holds', () => {
  it('is the sum of the rows of its holds, whatever happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const file = newFile();
        const [store, other] = [file.open(), file.open()];
        try {
          for (const each of steps) {
            if (each.do === 'hold') {
              const claims = each.meters.map((meter) => claim(each.amount, meter));
              const crashRecord = spent(each.call, 0);
              // Refused for a call that has ended, which changes nothing.
              await store.budgets
                .hold({ crashRecord, claims, leaseUntil: LEASE })
                .catch(() => null);
            } else if (each.do === 'record') await store.ledger.record(spent(each.call, 0));
            else await other.leases.sweep(LATER);
            const [held, rows] = sums(file.path);
            expect(held).toEqual(rows);
          }
        } finally {
          await file.remove();
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
