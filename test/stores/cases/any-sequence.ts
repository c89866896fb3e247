import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim, Meter } from '../../../src/core/call/hold.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import type { Database } from './database.ts';
import { claim, crashRecord, ledgerSum, spent } from './spending.ts';
import { runs } from '../../support/depth.ts';

/** Two budgets that every call counts on, with windows of different length. */
const BUDGETS = [
  { budget: 'short', subject: 'a', limit: 50, windowMs: 100 },
  { budget: 'long', subject: '', limit: 90, windowMs: 1_000 },
];
const LEASE_MS = 40;

interface Held {
  meters: Meter[];
  amount: number;
  charge: number;
  leaseUntil: number;
}

/** A call as the model knows it; what is not in `holding` holds nothing any more. */
interface Model {
  now: number;
  holding: Map<number, Held>;
  /** Their process is gone, or so slow that it seems so. */
  silent: Set<number>;
  /** Ended by a sweep; they may still come back. */
  swept: Map<number, Held>;
  recorded: Set<number>;
  /** By meter. */
  used: Map<string, number>;
}

const nameOf = ({ budget, windowStart }: Meter): string => `${budget} ${String(windowStart)}`;

const metersAt = (now: number): Meter[] =>
  BUDGETS.map(({ budget, subject, windowMs }) => ({
    budget,
    subject,
    counts: 'all usd day',
    windowStart: now - (now % windowMs),
  }));

const limitOf = ({ budget }: Meter): number =>
  BUDGETS.find((each) => each.budget === budget)?.limit ?? 0;

const claimsOf = (meters: readonly Meter[], amount: number, charge: number): Claim[] =>
  meters.map((meter) => claim(amount, { ...meter, limit: limitOf(meter), charge }));

const heldOn = (model: Model, meter: Meter, but?: number): number =>
  [...model.holding]
    .filter(([call, { meters }]) => call !== but && meters.some((m) => nameOf(m) === nameOf(meter)))
    .reduce((sum, [, { amount }]) => sum + amount, 0);

const usedOn = (model: Model, meter: Meter): number => model.used.get(nameOf(meter)) ?? 0;

const use = (model: Model, { meters }: Held, amount: number): void => {
  for (const meter of meters) model.used.set(nameOf(meter), usedOn(model, meter) + amount);
};

const idOf = (call: number): string => `call_${String(call)}`;

/** Budgets as the model has them are those of the store, and no limit is passed. */
async function compare(model: Model, store: Store): Promise<void> {
  const meters = [...model.used.keys(), ...metersAt(model.now).map(nameOf)].map((name) => {
    const [budget = '', start = '0'] = name.split(' ');
    const subject = BUDGETS.find((each) => each.budget === budget)?.subject ?? '';
    return { budget, subject, counts: 'all usd day', windowStart: Number(start) };
  });
  for (const standing of await store.budgets.standings(meters)) {
    const { used, held } = standing;
    expect([used, held]).toEqual([usedOn(model, standing), heldOn(model, standing)]);
    expect(used + held).toBeLessThanOrEqual(limitOf(standing));
  }
}

type Command = fc.AsyncCommand<Model, Store>;

const command = (
  name: string,
  check: (model: Model) => boolean,
  run: (model: Model, store: Store) => Promise<void>,
): Command => ({
  check,
  async run(model, store) {
    await run(model, store);
    await compare(model, store);
  },
  toString: () => name,
});

const isOver = (model: Model, call: number): boolean =>
  model.recorded.has(call) || model.swept.has(call);

/** A first hold, one for the window of now, or a raise where it is. */
const holds = ([call, amount, part, moves]: [number, number, number, boolean]): Command =>
  command(
    `hold(${String(call)}, ${String(amount)}, ${String(part)}, ${moves ? 'now' : 'there'})`,
    (model) => !isOver(model, call) && !model.silent.has(call),
    async (model, store) => {
      const mine = model.holding.get(call);
      const meters = mine && !moves ? mine.meters : metersAt(model.now);
      const charge = Math.floor(amount * part);
      const leaseUntil = model.now + LEASE_MS;
      const fits = meters.every((meter) => {
        const isMine = mine?.meters.some((m) => nameOf(m) === nameOf(meter)) ?? false;
        const others = usedOn(model, meter) + heldOn(model, meter, call);
        return others + amount <= limitOf(meter) || (isMine && amount <= (mine?.amount ?? 0));
      });
      const { held } = await store.budgets.hold({
        crashRecord: crashRecord(idOf(call), charge),
        claims: claimsOf(meters, amount, charge),
        leaseUntil,
      });
      expect(held).toBe(fits);
      if (held) model.holding.set(call, { meters, amount, charge, leaseUntil });
    },
  );

const settles = (call: number, part: number): Command =>
  command(
    `settle(${String(call)}, ${String(part)})`,
    (model) => model.holding.has(call),
    async (model, store) => {
      const mine = model.holding.get(call);
      if (!mine) return;
      const amount = Math.floor(mine.amount * part);
      await store.ledger.record(
        spent(idOf(call), amount),
        claimsOf(mine.meters, amount, mine.charge),
      );
      model.holding.delete(call);
      model.recorded.add(call);
      use(model, mine, amount);
    },
  );

/** A call that a sweep took for dead ends after all. */
const comesBack = (call: number, part: number): Command =>
  command(
    `comeBack(${String(call)}, ${String(part)})`,
    (model) => model.swept.has(call),
    async (model, store) => {
      const mine = model.swept.get(call);
      if (!mine) return;
      const amount = Math.floor(mine.charge * part);
      await store.ledger.record(
        spent(idOf(call), amount),
        claimsOf(mine.meters, amount, mine.charge),
      );
      model.swept.delete(call);
      model.recorded.add(call);
      use(model, mine, amount - mine.charge);
    },
  );

const recordsAgain = (call: number): Command =>
  command(
    `recordAgain(${String(call)})`,
    (model) => model.recorded.has(call),
    async (model, store) => {
      await store.ledger.record(spent(idOf(call), 7), claimsOf(metersAt(model.now), 7, 0));
    },
  );

const crashes = (call: number): Command =>
  command(
    `crash(${String(call)})`,
    (model) => model.holding.has(call),
    (model) => {
      model.silent.add(call);
      return Promise.resolve();
    },
  );

const sweeps = (afterMs: number): Command =>
  command(
    `sweep(${String(afterMs)})`,
    () => true,
    async (model, store) => {
      model.now += afterMs;
      const dead = [...model.holding].filter(([, { leaseUntil }]) => leaseUntil < model.now);
      expect(await store.leases.sweep(model.now)).toBe(dead.length);
      for (const [call, mine] of dead) {
        model.holding.delete(call);
        model.swept.set(call, mine);
        use(model, mine, mine.charge);
      }
    },
  );

const waits = (ms: number): Command =>
  command(
    `wait(${String(ms)})`,
    () => true,
    (model) => {
      model.now += ms;
      return Promise.resolve();
    },
  );

const CALLS = 5;
const call = fc.nat(CALLS - 1);
const part = fc.constantFrom(0, 0.5, 1);
const commands = fc.commands(
  [
    fc.tuple(call, fc.nat(60), part, fc.boolean()).map(holds),
    fc.tuple(call, part).map((args) => settles(...args)),
    fc.tuple(call, part).map((args) => comesBack(...args)),
    call.map(recordsAgain),
    call.map(crashes),
    fc.nat(60).map(sweeps),
    fc.constantFrom(10, 50, 100, 1_000).map(waits),
  ],
  { maxCommands: 60 },
);

/** Whatever happens in whatever order: limits hold, each hold ends once, and the books agree. */
export function anySequenceCases(newDatabase: () => Database): void {
  describe('any sequence of holds, settlements, crashes and sweeps', () => {
    it('keeps every limit, ends each hold once, and leaves budgets and ledger the same', async () => {
      await fc.assert(
        fc.asyncProperty(commands, async (sequence) => {
          const database = newDatabase();
          try {
            // A process leaves its own holds alone, so another one sweeps.
            const { leases } = database.open();
            await runThrough({ ...database.open(), leases }, sequence);
          } finally {
            await database.remove();
          }
        }),
        { numRuns: runs(150) },
      );
    });
  });
}

async function runThrough(store: Store, sequence: Iterable<Command>): Promise<void> {
  const model: Model = {
    now: 0,
    holding: new Map(),
    silent: new Set(),
    swept: new Map(),
    recorded: new Set(),
    used: new Map(),
  };
  await fc.asyncModelRun(() => ({ model, real: store }), sequence);
  await sweeps(LEASE_MS + 1).run(model, store);
  const rows = await store.ledger.list({ limit: 100 }, null);
  const ended = [...model.recorded, ...model.swept.keys()];
  expect(rows.map(({ id }) => id).sort()).toEqual(ended.map(idOf).sort());
  for (const { budget } of BUDGETS) {
    const onBudget = [...model.used].filter(([name]) => name.startsWith(`${budget} `));
    expect(onBudget.reduce((sum, [, used]) => sum + used, 0)).toBe(await ledgerSum(store));
  }
}
