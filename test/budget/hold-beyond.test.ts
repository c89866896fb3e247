import { runs } from '../support/depth.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMeter } from '../../src/budget/meters.ts';
import { refusalOf } from '../../src/budget/refusal.ts';
import { toState } from '../../src/budget/states.ts';
import { needs, NOW, purchase, recount, fixture, settle } from './hold-rig.ts';
import { metered } from './fixture.ts';

describe('a call that seems to fit, and may take more', () => {
  /** Likely 300 tokens, 700 at the most. */
  const wide = needs({ promptTokens: 500 }, { promptTokens: 100 });
  const finish = metered({ overrun: 'finish' });

  it('holds the most it may take, where there is room for that', async () => {
    for (const day of [finish, metered({ overrun: 'cut' })]) {
      const { hold, standings } = await fixture([day], { others: 300 });
      expect((await hold.reserve([day], wide)).held).toBe(true);
      expect(await standings()).toEqual([[0, 1_000]]);
    }
  });

  it('does not fit where an answer would be cut: nothing may be passed', async () => {
    const day = metered({ overrun: 'cut' });
    const { hold, standings } = await fixture([day], { others: 301 });
    const refused = await hold.reserve([day], wide);
    expect(refused).toMatchObject({ held: false, claims: [{ amount: 700, mayPass: 0 }] });
    expect(await standings()).toEqual([[0, 301]]);
  });

  it('holds all that is left where it may finish, and the state says what may be passed', async () => {
    const { hold, standings, store } = await fixture([finish], { others: 600 });
    const answered = await hold.reserve([finish], wide);
    expect(answered).toMatchObject({ held: true, claims: [{ amount: 400, mayPass: 300 }] });
    expect(await standings()).toEqual([[0, 1_000]]);
    const [standing] = await store.budgets.standings([toMeter(finish)]);
    expect(standing && toState(finish, standing)).toMatchObject({ remaining: 0, may_pass: 300 });
  });

  it('does not fit where not even what is likely does, and that is what it says it needs', async () => {
    const { hold } = await fixture([finish], { others: 701 });
    const refused = await hold.reserve([finish], wide);
    expect(refused).toMatchObject({ held: false, claims: [{ amount: 300 }] });
  });

  it('is one at a time: a limit is passed by no more than one call, and who waits is told so', async () => {
    const opened = await fixture([finish], { others: 600 });
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
    const { hold, standings } = await fixture([finish], { others: 600 });
    await hold.reserve([finish], wide);
    expect(await hold.buy({ ...purchase(), ...wide })).toBeNull();
    expect(await recount(hold, 90)).toBe(Infinity);
    expect(await standings()).toEqual([[0, 600 + 290]]);
  });

  it('is never let in so that a limit is passed by more than what one call may', async () => {
    const size = fc.record({ likely: fc.integer({ min: 1, max: 200 }), more: fc.nat(400) });
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 2, maxLength: 12 }), async (sizes) => {
        const opened = await fixture([finish]);
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
      { numRuns: runs(40) },
    );
  });
});

describe('a process that dies after its prompt was counted longer than was held for', () => {
  it('is charged no more than is held where the answer is cut', async () => {
    const day = metered({ overrun: 'cut' });
    const opened = await fixture([day], { others: 500 });
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
    const opened = await fixture([day], { others: 500 });
    await opened.hold.reserve([day], needs());
    await opened.hold.buy(purchase());
    expect(await recount(opened.hold, 600)).toBe(0);
    await opened.sweep();
    expect(await opened.standings()).toEqual([[600, 0]]);
  });

  it('keeps to what it holds when the store does not answer', async () => {
    const day = metered({ overrun: 'cut' });
    const { hold, store } = await fixture([day]);
    await hold.reserve([day], needs());
    await store.close();
    expect(await recount(hold, 250)).toBe(50);
  });
});
