import { afterEach, describe, expect, it } from 'vitest';
import type { Purchase } from '../../src/call/hold.ts';
import { openHold, type OpenHold } from '../../src/budget/hold.ts';
import { refusalOf } from '../../src/budget/refusal.ts';
import type { Metered } from '../../src/budget/rule.ts';
import type { Store } from '../../src/stores/ports.ts';
import { fakeAttempt, fakeCall } from '../support/calls.ts';
import { NO_USAGE } from '../../src/call/usage.ts';
import { newFile } from '../stores/sqlite/new-file.ts';
import { metered, START } from './rig.ts';

const NEED = { promptTokens: 100, outputTokens: 200, nanoUsd: 1_000 };
const NOW = START + 1_000;

/** A purchase of so many tokens in all. */
const purchase = (promptTokens = 100, outputTokens = 200): Purchase => ({
  model: 'm',
  need: { promptTokens, outputTokens, nanoUsd: 1_000 },
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
}

/** The hold of one call over a store in memory; `others` is what other calls hold on each budget. */
async function rig(on: Metered[], { others = 0, cuts = true } = {}): Promise<Rig> {
  const file = newFile();
  files.push(file);
  const store = file.open();
  const parts = { book: store.budgets, leaseUntil: () => NOW + 60_000, now: () => NOW };
  const refusal = (answered: Parameters<typeof refusalOf>[0]) => refusalOf(answered, { now: NOW });
  const open = (id: string) => {
    const call = fakeCall({ id }, { startedAt: NOW });
    return { call, hold: openHold({ ...parts, call, cuts: () => cuts, refusal }) };
  };
  if (others > 0) {
    await open('other').hold.reserve(on, {
      promptTokens: others,
      outputTokens: 0,
      nanoUsd: others,
    });
  }
  const { call, hold } = open('call_1');
  call.meta.settlement = hold;
  const meters = on.map(({ rule, subject, window }) => ({
    budget: rule.name,
    subject,
    windowStart: window.start,
  }));
  const standings = async (): Promise<[number, number][]> =>
    (await store.budgets.standings(meters)).map(({ used, held }) => [used, held]);
  const sweep = () => file.open().leases.sweep(NOW + 120_000);
  return { store, sweep, hold, standings, call };
}

const settle = async ({ store, hold, call }: Rig): Promise<void> => {
  await store.ledger.record(call, await hold.settle());
};

describe('a hold', () => {
  it('reserves on every budget or on none', async () => {
    const wide = metered({ name: 'wide' });
    const tight = metered({ name: 'tight', limit: 250 });
    const { hold, standings } = await rig([wide, tight]);
    expect((await hold.reserve([wide, tight], NEED)).held).toBe(false);
    expect(await standings()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect((await hold.reserve([wide, tight], { ...NEED, outputTokens: 150 })).held).toBe(true);
    expect(await standings()).toEqual([
      [0, 250],
      [0, 250],
    ]);
  });

  it('is settled to what was used, with the ledger row', async () => {
    const day = metered();
    const opened = await rig([day]);
    const { hold, call, standings, store } = opened;
    await hold.reserve([day], NEED);
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
    await opened.hold.reserve([day], NEED);
    await settle(opened);
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('is raised to what was used and the next attempt may take', async () => {
    const day = metered();
    const { hold, call, standings } = await rig([day]);
    await hold.reserve([day], NEED);
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
    await hold.reserve([day], NEED);
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
    await hold.reserve([day], NEED);
    const undispatched = await rig([day]);
    await undispatched.hold.reserve([day], NEED);
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
    await opened.hold.reserve([day], NEED);
    await settle(opened);
    expect(await opened.hold.buy(purchase())).toMatchObject({ code: 'cancelled' });
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('is not overtaken by its settlement', async () => {
    const day = metered();
    const opened = await rig([day]);
    const reserving = opened.hold.reserve([day], NEED);
    await settle(opened);
    await reserving;
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('that cannot be written lets nothing be spent', async () => {
    const day = metered();
    const { hold, store } = await rig([day]);
    await store.close();
    await expect(hold.reserve([day], NEED)).rejects.toMatchObject({ code: 'ledger_unavailable' });
    expect(await hold.buy(purchase())).toMatchObject({ code: 'ledger_unavailable' });
  });
});

describe('a prompt that is longer than was held for', () => {
  const recount = (hold: OpenHold, promptTokens: number) =>
    hold.recount({
      ...purchase(promptTokens),
      prompt: { promptTokens, outputTokens: 0, nanoUsd: 0 },
      nanoUsdPerOutputToken: 1,
    });

  it('is held for as it is, if there is room', async () => {
    const day = metered();
    const { hold, standings } = await rig([day], { others: 500 });
    await hold.reserve([day], NEED);
    expect(await recount(hold, 250)).toBe(Infinity);
    expect(await standings()).toEqual([[0, 500 + 450]]);
  });

  it('leaves the answer what is left of all there is', async () => {
    const day = metered();
    const { hold, standings } = await rig([day], { others: 500 });
    await hold.reserve([day], NEED);
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
    await hold.reserve([day], NEED);
    expect(await recount(hold, 600)).toBe(0);
  });

  it('lets it finish where no budget cuts', async () => {
    const day = metered();
    const { hold } = await rig([day], { others: 500, cuts: false });
    await hold.reserve([day], NEED);
    expect(await recount(hold, 600)).toBe(Infinity);
  });
});
