import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Purchase } from '../../src/call/hold.ts';
import { openHold, type OpenHold } from '../../src/budget/hold.ts';
import { toMeter } from '../../src/budget/meters.ts';
import { refusalOf } from '../../src/budget/refusal.ts';
import { toState } from '../../src/budget/states.ts';
import type { Metered } from '../../src/budget/rule.ts';
import type { Store } from '../../src/stores/ports.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';
import { NO_USAGE } from '../../src/call/usage.ts';
import { newFile } from '../stores/sqlite/new-file.ts';
import { metered, START } from './rig.ts';

const NEED = { promptTokens: 100, outputTokens: 200, nanoUsd: 1_000 };
/** What is likely, and what is the most; the same where only one is said. */
const needs = (over: Partial<typeof NEED> = {}, likely: Partial<typeof NEED> = over) => ({
  need: { ...NEED, ...over },
  likely: { ...NEED, ...likely },
});
const NOW = START + 1_000;

/** A purchase of so many tokens in all. */
const purchase = (promptTokens = 100, outputTokens = 200): Purchase => ({
  model: 'm',
  ...needs({ promptTokens, outputTokens }),
  lost: fakeAttempt({
    outcome: 'lost',
    reached: 'unknown',
    usage: { ...NO_USAGE, input: promptTokens, output: outputTokens, source: 'estimated' },
  }),
});

const files: ReturnType<typeof newFile>[] = [];
afterEach(async () => {
  for (const file of files.splice(0)) await file.remove();
});

interface Rig {
  store: Store;
  /** Another process looks for what dead ones have left. */
  sweep: () => Promise<number>;
  hold: OpenHold;
  /** Used and held on each budget. */
  standings: () => Promise<[used: number, held: number][]>;
  call: ReturnType<typeof fakeCall>;
  /** The hold of another call of the same process. */
  another: (id: string) => OpenHold;
}

/** The hold of one call over a store in memory; `others` is what other calls hold on each budget. */
async function rig(on: Metered[], { others = 0 } = {}): Promise<Rig> {
  const file = newFile();
  files.push(file);
  const store = file.open();
  const parts = { book: store.budgets, leaseUntil: () => NOW + 60_000, now: () => NOW };
  const refusal = (answered: Parameters<typeof refusalOf>[0]) => refusalOf(answered, { now: NOW });
  const open = (id: string) => {
    const call = fakeCall({ id }, { startedAt: NOW });
    return { call, hold: openHold({ ...parts, call, refusal }) };
  };
  if (others > 0) {
    const all = { promptTokens: others, outputTokens: 0, nanoUsd: others };
    await open('other').hold.reserve(on, needs(all));
  }
  const { call, hold } = open('call_1');
  call.meta.settlement = hold;
  const meters = on.map(toMeter);
  const standings = async (): Promise<[number, number][]> =>
    (await store.budgets.standings(meters)).map(({ used, held }) => [used, held]);
  const sweep = () => file.open().leases.sweep(NOW + 120_000);
  const another = (id: string): OpenHold => open(id).hold;
  return { store, sweep, hold, standings, call, another };
}

const settle = async ({ store, hold, call }: Rig): Promise<void> => {
  await store.ledger.record(call, await hold.settle());
};

/** The provider has counted the prompt so. */
const recount = (hold: OpenHold, promptTokens: number) =>
  hold.recount({
    ...purchase(promptTokens),
    prompt: { promptTokens, outputTokens: 0, nanoUsd: 0 },
    nanoUsdPerOutputToken: 1,
  });

describe('a hold', () => {
  it('reserves on every budget or on none', async () => {
    const wide = metered({ name: 'wide' });
    const tight = metered({ name: 'tight', limit: 250 });
    const { hold, standings } = await rig([wide, tight]);
    expect((await hold.reserve([wide, tight], needs())).held).toBe(false);
    expect(await standings()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect((await hold.reserve([wide, tight], needs({ outputTokens: 150 }))).held).toBe(true);
    expect(await standings()).toEqual([
      [0, 250],
      [0, 250],
    ]);
  });

  it('is settled to what was used, with the ledger row', async () => {
    const day = metered();
    const opened = await rig([day]);
    const { hold, call, standings, store } = opened;
    await hold.reserve([day], needs());
    expect(await hold.buy(purchase())).toBeNull();
    call.meta.attempts.push(
      fakeAttempt({ usage: { ...NO_USAGE, input: 90, output: 40, source: 'provider' } }),
    );
    await settle(opened);
    expect(await standings()).toEqual([[130, 0]]);
    expect(await store.ledger.get('call_1', null)).toMatchObject({
      usage: { input: 90, output: 40 },
    });
  });

  it('is free again, whole, when nothing was used', async () => {
    const day = metered();
    const opened = await rig([day]);
    await opened.hold.reserve([day], needs());
    await settle(opened);
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('is raised to what was used and the next attempt may take', async () => {
    const day = metered();
    const { hold, call, standings } = await rig([day]);
    await hold.reserve([day], needs());
    await hold.buy(purchase());
    call.meta.attempts.push(
      fakeAttempt({ usage: { ...NO_USAGE, input: 100, output: 10, source: 'estimated' } }),
    );
    expect(await hold.buy(purchase())).toBeNull();
    expect(await standings()).toEqual([[0, 110 + 300]]);
  });

  it('keeps what it has when no more is to be had, and says why', async () => {
    const day = metered();
    const { hold, call, standings } = await rig([day], { others: 600 });
    await hold.reserve([day], needs());
    await hold.buy(purchase());
    call.meta.attempts.push(
      fakeAttempt({ usage: { ...NO_USAGE, input: 150, source: 'estimated' } }),
    );
    const refused = await hold.buy(purchase());
    expect(refused).toMatchObject({
      code: 'budget_held',
      details: { limits: [{ budget: 'day' }] },
    });
    expect(await standings()).toEqual([[0, 900]]);
  });

  it('charges an attempt under way at its worst if the process dies, and none before', async () => {
    const day = metered();
    const { hold, standings, store, sweep } = await rig([day]);
    await hold.reserve([day], needs());
    const undispatched = await rig([day]);
    await undispatched.hold.reserve([day], needs());
    await undispatched.sweep();
    expect(await undispatched.standings()).toEqual([[0, 0]]);
    await hold.buy(purchase());
    await sweep();
    expect(await standings()).toEqual([[300, 0]]);
    expect(await store.ledger.get('call_1', null)).toMatchObject({
      error_code: 'process_lost',
      usage: { input: 100, output: 200 },
      attempts: [{ outcome: 'lost' }],
    });
  });

  it('buys nothing after its settlement, and cannot come back from the dead', async () => {
    const day = metered();
    const opened = await rig([day]);
    await opened.hold.reserve([day], needs());
    await settle(opened);
    expect(await opened.hold.buy(purchase())).toMatchObject({ code: 'cancelled' });
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('is not overtaken by its settlement', async () => {
    const day = metered();
    const opened = await rig([day]);
    const reserving = opened.hold.reserve([day], needs());
    await settle(opened);
    await reserving;
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('that cannot be written lets nothing be spent', async () => {
    const day = metered();
    const { hold, store } = await rig([day]);
    await store.close();
    await expect(hold.reserve([day], needs())).rejects.toMatchObject({
      code: 'ledger_unavailable',
    });
    expect(await hold.buy(purchase())).toMatchObject({ code: 'ledger_unavailable' });
  });
});

describe('a prompt that is longer than was held for', () => {
  it('is held for as it is, if there is room', async () => {
    const day = metered();
    const { hold, standings } = await rig([day], { others: 500 });
    await hold.reserve([day], needs());
    expect(await recount(hold, 250)).toBe(Infinity);
    expect(await standings()).toEqual([[0, 500 + 450]]);
  });

  it('leaves the answer what is left of all there is', async () => {
    const day = metered();
    const { hold, standings } = await rig([day], { others: 500 });
    await hold.reserve([day], needs());
    expect(await recount(hold, 400)).toBe(100);
    expect(await standings()).toEqual([[0, 1_000]]);
    expect(hold.cut()).toMatchObject({
      code: 'budget_cut',
      details: { limits: [{ budget: 'day' }] },
    });
  });

  it('leaves it nothing when the prompt alone is too much', async () => {
    const day = metered();
    const { hold } = await rig([day], { others: 500 });
    await hold.reserve([day], needs());
    expect(await recount(hold, 600)).toBe(0);
  });

  it('lets it finish where no budget cuts', async () => {
    const day = metered({ overrun: 'finish' });
    const { hold } = await rig([day], { others: 500 });
    await hold.reserve([day], needs());
    expect(await recount(hold, 600)).toBe(Infinity);
  });
});

describe('a call that seems to fit, and may take more', () => {
  /** Likely 300 tokens, 700 at the most. */
  const wide = needs({ promptTokens: 500 }, { promptTokens: 100 });
  const finish = metered({ overrun: 'finish' });

  it('holds the most it may take, where there is room for that', async () => {
    for (const day of [finish, metered({ overrun: 'cut' })]) {
      const { hold, standings } = await rig([day], { others: 300 });
      expect((await hold.reserve([day], wide)).held).toBe(true);
      expect(await standings()).toEqual([[0, 1_000]]);
    }
  });

  it('does not fit where an answer would be cut: nothing may be passed', async () => {
    const day = metered({ overrun: 'cut' });
    const { hold, standings } = await rig([day], { others: 301 });
    const refused = await hold.reserve([day], wide);
    expect(refused).toMatchObject({ held: false, claims: [{ amount: 700, mayPass: 0 }] });
    expect(await standings()).toEqual([[0, 301]]);
  });

  it('holds all that is left where it may finish, and the state says what may be passed', async () => {
    const { hold, standings, store } = await rig([finish], { others: 600 });
    const answered = await hold.reserve([finish], wide);
    expect(answered).toMatchObject({ held: true, claims: [{ amount: 400, mayPass: 300 }] });
    expect(await standings()).toEqual([[0, 1_000]]);
    const [standing] = await store.budgets.standings([toMeter(finish)]);
    expect(standing && toState(finish, standing)).toMatchObject({ remaining: 0, may_pass: 300 });
  });

  it('does not fit where not even what is likely does, and that is what it says it needs', async () => {
    const { hold } = await rig([finish], { others: 701 });
    const refused = await hold.reserve([finish], wide);
    expect(refused).toMatchObject({ held: false, claims: [{ amount: 300 }] });
  });

  it('is one at a time: a limit is passed by no more than one call, and who waits is told so', async () => {
    const opened = await rig([finish], { others: 600 });
    await opened.hold.reserve([finish], wide);
    const second = opened.another('call_2');
    // Room comes back, but not for another that may take more than there is.
    const smaller = needs({ promptTokens: 50, outputTokens: 50 });
    await opened.hold.reserve([finish], { ...wide, likely: smaller.likely, need: wide.need });
    const refused = await second.reserve([finish], wide);
    expect(refused.held).toBe(false);
    expect(refusalOf(refused, { now: NOW })).toMatchObject({ code: 'budget_held' });
    await settle(opened);
    expect((await second.reserve([finish], wide)).held).toBe(true);
  });

  it('gives back what was held for nothing as soon as its prompt is counted', async () => {
    const { hold, standings } = await rig([finish], { others: 600 });
    await hold.reserve([finish], wide);
    expect(await hold.buy({ ...purchase(), ...wide })).toBeNull();
    expect(await recount(hold, 90)).toBe(Infinity);
    expect(await standings()).toEqual([[0, 600 + 290]]);
  });

  it('is never let in so that a limit is passed by more than what one call may', async () => {
    const size = fc.record({ likely: fc.integer({ min: 1, max: 200 }), more: fc.nat(400) });
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 2, maxLength: 12 }), async (sizes) => {
        const opened = await rig([finish]);
        const held = await Promise.all(
          sizes.map(async ({ likely, more }, n) => {
            const only = (promptTokens: number) => ({ promptTokens, outputTokens: 0 });
            const asked = needs(only(likely + more), only(likely));
            const answered = await opened.another(`call_${String(n + 2)}`).reserve([finish], asked);
            return answered.held ? { most: likely + more, ...answered.claims[0] } : null;
          }),
        );
        const all = held.reduce((sum, each) => sum + (each?.most ?? 0), 0);
        const [standing] = await opened.store.budgets.standings([toMeter(finish)]);
        const stated = standing ? toState(finish, standing).may_pass : NaN;
        expect(Math.max(0, all - finish.rule.limit)).toBe(stated);
        expect(held.filter((each) => (each?.mayPass ?? 0) > 0).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a process that dies after its prompt was counted longer than was held for', () => {
  it('is charged no more than is held where the answer is cut', async () => {
    const day = metered({ overrun: 'cut' });
    const opened = await rig([day], { others: 500 });
    await opened.hold.reserve([day], needs());
    await opened.hold.buy(purchase());
    expect(await recount(opened.hold, 400)).toBe(100);
    await opened.sweep();
    // The other call is swept too, for nothing: it had bought nothing.
    expect(await opened.standings()).toEqual([[500, 0]]);
    expect(await opened.store.ledger.get('call_1', null)).toMatchObject({
      usage: { input: 400, output: 100 },
    });
  });

  it('is charged what it has spent already where the prompt alone is more than there is', async () => {
    const day = metered({ overrun: 'cut' });
    const opened = await rig([day], { others: 500 });
    await opened.hold.reserve([day], needs());
    await opened.hold.buy(purchase());
    expect(await recount(opened.hold, 600)).toBe(0);
    await opened.sweep();
    expect(await opened.standings()).toEqual([[600, 0]]);
  });

  it('keeps to what it holds when the store does not answer', async () => {
    const day = metered({ overrun: 'cut' });
    const { hold, store } = await rig([day]);
    await hold.reserve([day], needs());
    await store.close();
    expect(await recount(hold, 250)).toBe(50);
  });
});
