import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptRecord, Call } from '../../../src/core/call/call.ts';
import { LOCAL } from '../../../src/core/call/principal.ts';
import { NO_USAGE } from '../../../src/core/call/usage.ts';
import type { Grouping, Store, Viewer } from '../../../src/stores/ports/store.ts';
import { fakeAttempt, fakeCall } from '../../support/calls.ts';
import type { Database } from './database.ts';
import { modelCacheUse, modelList, modelPromptUse, modelSum } from './sums-model.ts';

const DAY = 86_400_000;
const QUARTER = 900_000;
const MIDNIGHT = Date.parse('2026-11-23T00:00:00Z');

const amount = fc.nat(1_000_000);
const count = fc.nat(50);

/** Where sums of weeks, days and quarters meet, to the millisecond, and anywhere. */
const moment = fc.oneof(
  fc
    .tuple(fc.integer({ min: -11, max: 12 }), fc.constantFrom(-1, 0, 1))
    .map(([days, ms]) => MIDNIGHT + days * DAY + ms),
  fc
    .tuple(fc.integer({ min: -8, max: 200 }), fc.constantFrom(-1, 0, 1))
    .map(([quarters, ms]) => MIDNIGHT + quarters * QUARTER + ms),
  fc.integer({ min: -11 * DAY, max: 12 * DAY }).map((ms) => MIDNIGHT + ms),
);

const attempt: fc.Arbitrary<AttemptRecord> = fc
  .record({
    model: fc.constantFrom('cheap', 'dear', 'deep'),
    purpose: fc.constantFrom('answer', 'judge', 'embed'),
    outcome: fc.constantFrom('ok', 'failed', 'timeout'),
    costNanoUsd: amount,
    promptCacheSavedNanoUsd: fc.integer({ min: -500, max: 500 }),
    usage: fc.record({
      input: count,
      output: count,
      thinking: count,
      cache_read: count,
      cache_write_5m: count,
      cache_write_1h: count,
    }),
  })
  .map(({ usage, ...over }) => fakeAttempt({ ...over, usage: { ...NO_USAGE, ...usage } }));

const label = fc.constantFrom(null, 'a', 'b', '0');
const finish = fc.constantFrom('complete', 'truncated', 'refused', 'cancelled', 'error');

const shape = fc.record({
  tool: fc.constantFrom('answer_question', 'get_usage', 'no_such_tool'),
  principal: fc.constantFrom('ada', 'bob'),
  front: fc.constantFrom('rest', 'internal'),
  labels: fc.record({ feature: label, user: label, team: label }),
  prompt: fc.constantFrom(null, 'faq', 'summary').chain((id) =>
    id === null
      ? fc.constant(null)
      : fc.record({
          id: fc.constant(id),
          version: fc.constantFrom('v1', 'v2'),
          variant: fc.constant(null),
          hash: fc.constantFrom(null, 'h1', 'h2'),
        }),
  ),
  servedBy: fc.constantFrom('model', 'exact_cache', 'similar_cache', 'shared', 'none'),
  tier: fc.constantFrom(undefined, null, 'exact', 'judged'),
  finish,
  errorCode: fc.constantFrom(null, 'internal_error'),
  degraded: fc.boolean(),
  savedNanoUsd: amount,
  startedAt: moment,
  attempts: fc.array(attempt, { maxLength: 4, size: 'max' }),
});
type Shape = typeof shape extends fc.Arbitrary<infer Value> ? Value : never;

const toCall = (id: string, { tool, principal, front, labels, tier, ...meta }: Shape): Call =>
  fakeCall(
    { id, toolName: tool, principal: { ...LOCAL, id: principal }, front, labels },
    {
      ...meta,
      cache:
        tier === undefined
          ? null
          : { tier, entry: null, ageMs: null, stored: false, reason: 'Because.' },
    },
  );

/** What a sweep would have written for the call: it began alike, and went otherwise. */
const lost = (call: Call, attempts: AttemptRecord[]): Call => ({
  ...call,
  meta: { ...call.meta, attempts, finish: 'error', errorCode: 'process_lost', servedBy: 'none' },
});

type Step =
  | { kind: 'record'; shape: Shape }
  | { kind: 'lose'; shape: Shape; attempts: AttemptRecord[] }
  | { kind: 'come back'; which: number }
  | { kind: 'roll up' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: shape.map((of): Step => ({ kind: 'record', shape: of })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(shape, fc.array(attempt, { maxLength: 2 }))
      .map(([of, attempts]): Step => ({ kind: 'lose', shape: of, attempts })),
  },
  { weight: 2, arbitrary: fc.nat(5).map((which): Step => ({ kind: 'come back', which })) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'roll up' }) },
);

interface Question {
  groupBy: Grouping;
  window: { from: number; to: number };
  viewer: Viewer;
  list: { tool?: string; finish?: Call['meta']['finish']; before?: string; limit: number };
  prompt: string;
}

const question: fc.Arbitrary<Question> = fc.record({
  groupBy: fc.constantFrom(
    ...(['all', 'tool', 'model', 'prompt', 'principal', 'feature', 'user'] as const),
    ...(['team', 'day'] as const),
  ),
  window: fc
    .tuple(moment, fc.oneof(moment, fc.constant(MIDNIGHT + 400 * DAY)))
    .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
  viewer: fc.constantFrom(null, 'ada', 'bob', 'nobody'),
  list: fc.record(
    {
      tool: fc.constantFrom('answer_question', 'no_such_tool', 'never_called'),
      finish,
      before: fc.nat(40).map(idOf),
      limit: fc.integer({ min: 1, max: 5 }),
    },
    { requiredKeys: ['limit'] },
  ),
  prompt: fc.constantFrom('faq', 'summary', 'none'),
});

/** Ids sort by when calls came, and calls end in another order. */
function idOf(number: number): string {
  return `call_${String((number * 7) % 100).padStart(3, '0')}`;
}

async function compare(store: Store, calls: readonly Call[], asked: Question): Promise<void> {
  const { groupBy, window, viewer, list, prompt } = asked;
  const sums = await store.ledger.sum({ groupBy, ...window }, viewer);
  const expected = modelSum(calls, { groupBy, ...window }, viewer);
  expect(new Set(sums)).toEqual(expected);
  expect(sums).toHaveLength(expected.size);
  const sorted =
    groupBy === 'day'
      ? sums.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1))
      : sums.toSorted((a, b) => b.cost_usd - a.cost_usd);
  expect(sums).toEqual(sorted);
  const use = await store.ledger.cacheUse(window, viewer);
  expect({ ...use, tiers: new Set(use.tiers) }).toEqual(modelCacheUse(calls, window, viewer));
  expect(new Set(await store.ledger.promptUse(prompt))).toEqual(modelPromptUse(calls, prompt));
  expect((await store.ledger.list(list, viewer)).map(({ id }) => id)).toEqual(
    modelList(calls, list, viewer),
  );
  const { today, this_month: month } = await store.ledger.spent(window.from, viewer);
  for (const { since, calls: of, usd } of [today, month]) {
    const to = Math.floor(window.from / DAY) * DAY + DAY;
    const [sum] = modelSum(calls, { groupBy: 'all', from: Date.parse(since), to }, viewer);
    expect([of, usd]).toEqual([sum?.calls ?? 0, sum?.cost_usd ?? 0]);
  }
}

async function run(stores: readonly Store[], steps: readonly Step[]): Promise<Call[]> {
  const calls = new Map<string, Call>();
  const back = new Map<string, Call>();
  for (const [index, each] of steps.entries()) {
    const store = stores[index % stores.length];
    if (!store) continue;
    const id = idOf(index);
    const write = async (call: Call): Promise<void> => {
      await store.ledger.record(call);
      calls.set(call.id, call);
    };
    if (each.kind === 'record') await write(toCall(id, each.shape));
    else if (each.kind === 'lose') {
      const call = toCall(id, each.shape);
      await write(lost(call, each.attempts));
      back.set(id, call);
    } else if (each.kind === 'come back') {
      const call = [...back.values()][each.which];
      if (!call) continue;
      await write(call);
      back.delete(call.id);
    } else await store.ledger.rollUp();
  }
  return [...calls.values()];
}

/** Whatever is in the sums and what is not: the ledger answers as if it read every row. */
export function sumsCases(newDatabase: () => Database, { numRuns }: { numRuns: number }): void {
  describe('any sequence of calls, replacements and roll-ups, by two processes', () => {
    it('is answered as its rows are, in any window and for any viewer', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }),
          fc.array(question, { minLength: 16, maxLength: 16, size: 'max' }),
          async (steps, questions) => {
            const database = newDatabase();
            try {
              const stores = [database.open(), database.open()];
              const calls = await run(stores, steps);
              for (const [index, asked] of questions.entries()) {
                const store = stores[index % 2];
                if (store) await compare(store, calls, asked);
              }
              const found = await stores[0]?.ledger.verify({ amountOf: () => null, now: 0 });
              expect(found).toMatchObject({ count: 0, differences: [] });
              expect((found?.rows ?? 0) + (found?.waiting ?? 0)).toBeGreaterThanOrEqual(
                calls.length,
              );
            } finally {
              await database.remove();
            }
          },
        ),
        // A smaller example would take minutes to find: each is a file with two processes.
        { numRuns, endOnFailure: true },
      );
    });
  });

  describe('roll-ups', () => {
    const call = (number: number): Call =>
      fakeCall({ id: idOf(number) }, { startedAt: MIDNIGHT + number, finish: 'complete' });

    it('take every row once, and say how many they took', async () => {
      const database = newDatabase();
      try {
        const [one, other] = [database.open(), database.open()];
        for (let number = 0; number < 7; number += 1) await one.ledger.record(call(number));
        expect(await one.ledger.rollUp(8)).toBe(0);
        const took = await Promise.all([one.ledger.rollUp(7), other.ledger.rollUp()]);
        expect(took[0] + took[1]).toBe(7);
        expect(await other.ledger.rollUp()).toBe(0);
        const window = { groupBy: 'all', from: 0, to: MIDNIGHT + DAY } as const;
        expect(await one.ledger.sum(window, null)).toMatchObject([{ calls: 7 }]);
      } finally {
        await database.remove();
      }
    });

    it('forget a row that the newest row takes the place of', async () => {
      const database = newDatabase();
      try {
        const store = database.open();
        await store.ledger.record(lost(call(1), [fakeAttempt({ costNanoUsd: 5 })]));
        await store.ledger.rollUp();
        await store.ledger.record(call(1));
        const window = { groupBy: 'all', from: 0, to: MIDNIGHT + DAY } as const;
        const expected = [{ calls: 1, failed: 0, cost_usd: 0 }];
        expect(await store.ledger.sum(window, null)).toMatchObject(expected);
        await store.ledger.rollUp();
        expect(await store.ledger.sum(window, null)).toMatchObject(expected);
      } finally {
        await database.remove();
      }
    });
  });
}
