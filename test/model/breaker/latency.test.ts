import { describe, expect, it } from 'vitest';
import { BREAKER_DEFAULTS } from '../../../src/model/breaker/settings.ts';
import { buildRig, ended, enter, type Rig } from './fixture.ts';

const { baselineMinimum, slowFirstTokenMs, floorMs, newUsualProbes } = BREAKER_DEFAULTS;

/** A rig whose model usually answers like this. */
function usually(end: { firstTokenMs?: number; tokensPerSecond?: number }): Rig {
  const rig = buildRig();
  for (let n = 0; n < baselineMinimum; n += 1) rig.attempt(end);
  return rig;
}

const slowsOf = ({ breaker }: Rig): number => breaker.status().recent.slow;

describe('a first token', () => {
  it('is slow beyond the absolute limit, also when nothing is known to be usual', () => {
    const rig = buildRig();
    rig.attempt({ firstTokenMs: slowFirstTokenMs });
    expect(slowsOf(rig)).toBe(0);
    rig.attempt({ firstTokenMs: slowFirstTokenMs + 1 });
    expect(slowsOf(rig)).toBe(1);
  });

  it('is slow when it takes five times the usual', () => {
    const rig = usually({ firstTokenMs: 1000 });
    expect(rig.breaker.status().firstTokenMs).toBeCloseTo(1000);
    rig.attempt({ firstTokenMs: 4999 });
    expect(slowsOf(rig)).toBe(0);
    rig.attempt({ firstTokenMs: 5500 });
    expect(slowsOf(rig)).toBe(1);
  });

  it('is the first one told', () => {
    const rig = buildRig();
    const pass = enter(rig.breaker);
    pass.firstToken(800);
    pass.firstToken(20_000);
    pass.end(ended('ok'));
    expect(rig.breaker.status().recent).toEqual({ ok: 1, failed: 0, slow: 0 });
  });

  it('is never slow below the floor, however quick the model is usually', () => {
    const rig = usually({ firstTokenMs: 10 });
    rig.attempt({ firstTokenMs: floorMs });
    expect(slowsOf(rig)).toBe(0);
    rig.attempt({ firstTokenMs: floorMs + 1 });
    expect(slowsOf(rig)).toBe(1);
  });

  it('opens the breaker as it comes, while the answers are still being written', () => {
    const { breaker } = usually({ firstTokenMs: 1000 });
    const passes = [enter(breaker), enter(breaker), enter(breaker)];
    for (const pass of passes) pass.firstToken(20_000);
    expect(breaker.status()).toMatchObject({
      state: 'open',
      reason:
        '3 attempts in a row were bad, the last: first token after 20000 ms (the limit is 10000 ms)',
    });
    for (const pass of passes) pass.end(ended('ok'));
    expect(breaker.status().recent.slow).toBe(3);
  });

  it('teaches what is usual only when it came in time and the answer was good', () => {
    const { breaker, attempt } = usually({ firstTokenMs: 1000 });
    const before = breaker.status().firstTokenMs;
    attempt({ firstTokenMs: 6000 });
    attempt({ firstTokenMs: 2000, verdict: 'void' });
    attempt({ firstTokenMs: 2000, verdict: 'failed' });
    expect(breaker.status().firstTokenMs).toBe(before);
    attempt({ firstTokenMs: 2000 });
    expect(breaker.status().firstTokenMs).toBeGreaterThan(before ?? Infinity);
  });

  it('cannot creep past the limit: a model one percent slower each second is found out', () => {
    const { breaker, attempt, clock } = usually({ firstTokenMs: 1000 });
    let firstTokenMs = 1000;
    while (breaker.status().state === 'closed' && firstTokenMs < 9900) {
      attempt({ firstTokenMs });
      firstTokenMs *= 1.01;
      clock.ms += 1000;
    }
    expect(breaker.status().state).toBe('open');
    expect(firstTokenMs).toBeLessThan(8500);
  });
});

describe('a model that keeps everybody waiting', () => {
  it('is found slow before anybody has an answer', () => {
    const { breaker } = usually({ firstTokenMs: 1000 });
    const passes = [enter(breaker), enter(breaker), enter(breaker)];
    expect(passes.map((pass) => pass.waited(4999))).toEqual([false, false, false]);
    expect(passes.map((pass) => pass.waited(5001))).toEqual([true, true, true]);
    expect(breaker.status()).toMatchObject({
      state: 'open',
      reason:
        '3 attempts in a row were bad, the last: no first token after 5001 ms (the limit is 5000 ms, by what is usual)',
    });
  });

  it('is judged once per attempt, whatever comes after', () => {
    const rig = buildRig();
    const pass = enter(rig.breaker);
    expect(pass.waited(20_000)).toBe(true);
    expect(pass.waited(30_000)).toBe(false);
    pass.firstToken(31_000);
    pass.end(ended('failed'));
    expect(rig.breaker.status().recent).toEqual({ ok: 0, failed: 0, slow: 1 });
  });

  it('stays slow when its caller gives up', () => {
    const rig = buildRig();
    const pass = enter(rig.breaker);
    pass.waited(20_000);
    pass.end(ended('void'));
    expect(slowsOf(rig)).toBe(1);
  });

  it('is not waited for any more once it writes or has ended', () => {
    const rig = buildRig();
    const writing = enter(rig.breaker);
    writing.firstToken(800);
    expect(writing.waited(60_000)).toBe(false);
    const over = enter(rig.breaker);
    over.end(ended('ok'));
    expect(over.waited(60_000)).toBe(false);
    expect(slowsOf(rig)).toBe(0);
  });
});

describe('a pace', () => {
  it('is slow below the absolute limit, also when nothing is known to be usual', () => {
    const rig = buildRig();
    rig.attempt({ tokensPerSecond: 5 });
    expect(slowsOf(rig)).toBe(0);
    for (let n = 0; n < 3; n += 1) rig.attempt({ tokensPerSecond: 2.5 });
    expect(rig.breaker.status()).toMatchObject({
      state: 'open',
      reason: '3 attempts in a row were bad, the last: 2.5 tokens per second (the limit is 5.0)',
    });
  });

  it('is slow at less than a fifth of the usual', () => {
    const rig = usually({ tokensPerSecond: 60 });
    expect(rig.breaker.status().tokensPerSecond).toBeCloseTo(60);
    rig.attempt({ tokensPerSecond: 12.5 });
    expect(slowsOf(rig)).toBe(0);
    rig.attempt({ tokensPerSecond: 11 });
    expect(slowsOf(rig)).toBe(1);
  });

  it('is never slow when people could not read faster', () => {
    const rig = usually({ tokensPerSecond: 500 });
    rig.attempt({ tokensPerSecond: 15 });
    expect(slowsOf(rig)).toBe(0);
    rig.attempt({ tokensPerSecond: 14 });
    expect(slowsOf(rig)).toBe(1);
  });

  it('of a few tokens says nothing', () => {
    const rig = buildRig();
    rig.attempt({ tokensPerSecond: 1, outputTokens: 19 });
    expect(rig.breaker.status().recent).toEqual({ ok: 1, failed: 0, slow: 0 });
    rig.attempt({ tokensPerSecond: 1, outputTokens: 20 });
    expect(slowsOf(rig)).toBe(1);
  });

  it('of nothing at all is slow', () => {
    const rig = buildRig();
    rig.attempt({ tokensPerSecond: 0 });
    expect(slowsOf(rig)).toBe(1);
  });

  it('does not excuse what says nothing, nor make a failure worse', () => {
    const rig = buildRig();
    rig.attempt({ verdict: 'void', tokensPerSecond: 1 });
    rig.attempt({ verdict: 'failed', tokensPerSecond: 1 });
    expect(rig.breaker.status().recent).toEqual({ ok: 0, failed: 1, slow: 0 });
  });
});

describe('a model that became slower for good', () => {
  /** One probe of a model that now takes six seconds. */
  const probe = (rig: Rig): void => {
    rig.waitForProbe();
    rig.attempt({ firstTokenMs: 6000 });
  };

  it('is believed after three probes, and its usual is learned anew', () => {
    const rig = usually({ firstTokenMs: 1000 });
    rig.breakIt();
    for (let n = 1; n < newUsualProbes; n += 1) {
      probe(rig);
      expect(rig.breaker.status().state).toBe('open');
      expect(rig.breaker.status().firstTokenMs).toBeCloseTo(1000);
    }
    probe(rig);
    expect(rig.changes.at(-1)?.reason).toBe('3 probes show that this is usual now');
    expect(rig.breaker.status()).toMatchObject({ state: 'closed', firstTokenMs: null });
    for (let n = 0; n < 50; n += 1) rig.attempt({ firstTokenMs: 6000 });
    expect(rig.breaker.status().state).toBe('closed');
    expect(rig.breaker.status().firstTokenMs).toBeCloseTo(6000);
  });

  it('has to show it again the next time', () => {
    const rig = usually({ firstTokenMs: 1000 });
    rig.breakIt();
    for (let n = 0; n < newUsualProbes; n += 1) probe(rig);
    // The probe that closed it was the first of the new baseline.
    for (let n = 1; n < baselineMinimum; n += 1) rig.attempt({ firstTokenMs: 1000 });
    expect(rig.breaker.status().firstTokenMs).toBeCloseTo(1000);
    rig.breakIt();
    probe(rig);
    expect(rig.breaker.status().state).toBe('open');
  });

  it('is believed for its pace as well', () => {
    const rig = usually({ tokensPerSecond: 60 });
    rig.breakIt();
    for (let n = 0; n < newUsualProbes; n += 1) {
      rig.waitForProbe();
      rig.attempt({ tokensPerSecond: 8 });
    }
    expect(rig.breaker.status()).toMatchObject({ state: 'closed', tokensPerSecond: null });
    for (let n = 0; n < 50; n += 1) rig.attempt({ tokensPerSecond: 8 });
    expect(rig.breaker.status().state).toBe('closed');
    expect(rig.breaker.status().tokensPerSecond).toBeCloseTo(8);
  });

  it('is not believed while probes fail in between', () => {
    const rig = usually({ firstTokenMs: 1000 });
    rig.breakIt();
    for (let n = 0; n < 4 * newUsualProbes; n += 1) {
      probe(rig);
      rig.waitForProbe();
      rig.attempt({ verdict: 'failed' });
      expect(rig.breaker.status().state).toBe('open');
    }
  });

  it('is not believed when it is slower than the absolute limit', () => {
    const rig = usually({ firstTokenMs: 1000 });
    rig.breakIt();
    for (let n = 0; n < 4 * newUsualProbes; n += 1) {
      rig.waitForProbe();
      rig.attempt({ firstTokenMs: slowFirstTokenMs + 1 });
      expect(rig.breaker.status().state).toBe('open');
    }
  });

  it('is heard out by a probe up to the absolute limit, and not longer', () => {
    const rig = usually({ firstTokenMs: 1000 });
    rig.breakIt();
    rig.waitForProbe();
    const pass = enter(rig.breaker);
    expect(pass.waited(slowFirstTokenMs)).toBe(false);
    expect(pass.waited(slowFirstTokenMs + 1)).toBe(true);
    expect(rig.breaker.status()).toMatchObject({
      state: 'open',
      reason: 'a probe was bad: no first token after 10001 ms (the limit is 10000 ms)',
    });
  });

  it('has its baseline kept when the first probe is as quick as ever', () => {
    const rig = usually({ firstTokenMs: 1000, tokensPerSecond: 60 });
    rig.breakIt();
    rig.waitForProbe();
    rig.attempt({ firstTokenMs: 1000, tokensPerSecond: 60 });
    const status = rig.breaker.status();
    expect(status.state).toBe('closed');
    expect(status.firstTokenMs).toBeCloseTo(1000);
    expect(status.tokensPerSecond).toBeCloseTo(60);
  });
});
