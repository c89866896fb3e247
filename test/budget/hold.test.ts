import { describe, expect, it } from 'vitest';
import { NO_USAGE } from '../../src/core/call/usage.ts';
import { fakeAttempt } from '../support/calls.ts';
import { needs, purchase, recount, fixture, settle } from './hold-rig.ts';
import { metered } from './fixture.ts';

describe('a hold', () => {
  it('reserves on every budget or on none', async () => {
    const wide = metered({ name: 'wide' });
    const tight = metered({ name: 'tight', limit: 250 });
    const { hold, standings } = await fixture([wide, tight]);
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
    const opened = await fixture([day]);
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
    const opened = await fixture([day]);
    await opened.hold.reserve([day], needs());
    await settle(opened);
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('is raised to what was used and the next attempt may take', async () => {
    const day = metered();
    const { hold, call, standings } = await fixture([day]);
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
    const { hold, call, standings } = await fixture([day], { others: 600 });
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
    const { hold, standings, store, sweep } = await fixture([day]);
    await hold.reserve([day], needs());
    const undispatched = await fixture([day]);
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
    const opened = await fixture([day]);
    await opened.hold.reserve([day], needs());
    await settle(opened);
    expect(await opened.hold.buy(purchase())).toMatchObject({ code: 'cancelled' });
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('is not overtaken by its settlement', async () => {
    const day = metered();
    const opened = await fixture([day]);
    const reserving = opened.hold.reserve([day], needs());
    await settle(opened);
    await reserving;
    expect(await opened.standings()).toEqual([[0, 0]]);
  });

  it('that cannot be written lets nothing be spent', async () => {
    const day = metered();
    const { hold, store } = await fixture([day]);
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
    const { hold, standings } = await fixture([day], { others: 500 });
    await hold.reserve([day], needs());
    expect(await recount(hold, 250)).toBe(Infinity);
    expect(await standings()).toEqual([[0, 500 + 450]]);
  });

  it('leaves the answer what is left of all there is', async () => {
    const day = metered();
    const { hold, standings } = await fixture([day], { others: 500 });
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
    const { hold } = await fixture([day], { others: 500 });
    await hold.reserve([day], needs());
    expect(await recount(hold, 600)).toBe(0);
  });

  it('lets it finish where no budget cuts', async () => {
    const day = metered({ overrun: 'finish' });
    const { hold } = await fixture([day], { others: 500 });
    await hold.reserve([day], needs());
    expect(await recount(hold, 600)).toBe(Infinity);
  });
});
