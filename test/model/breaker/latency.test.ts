import { describe, expect, it } from 'vitest';
import { BREAKER_DEFAULTS } from '../../../src/model/breaker/settings.ts';
import { buildFixture, ended, enter, type Fixture } from './fixture.ts';

const { baselineMinimum, slowFirstTokenMs, floorMs, newUsualProbes } = BREAKER_DEFAULTS;

/** A rig whose model usually answers like this. */
function usually(end: { firstTokenMs?: number; tokensPerSecond?: number }): Fixture {
  const fixture = buildFixture();
  for (let n = 0; n < baselineMinimum; n += 1) fixture.attempt(end);
  return fixture;
}

const slowsOf = ({ breaker }: Fixture): number => breaker.status().recent.slow;

describe('a first token', () => {
  it('is slow beyond the absolute limit, also when nothing is known to be usual', () => {
    const fixture = buildFixture();
    fixture.attempt({ firstTokenMs: slowFirstTokenMs });
    expect(slowsOf(fixture)).toBe(0);
    fixture.attempt({ firstTokenMs: slowFirstTokenMs + 1 });
    expect(slowsOf(fixture)).toBe(1);
  });

  it('is slow when it takes five times the usual', () => {
    const fixture = usually({ firstTokenMs: 1000 });
    expect(fixture.breaker.status().firstTokenMs).toBeCloseTo(1000);
    fixture.attempt({ firstTokenMs: 4999 });
    expect(slowsOf(fixture)).toBe(0);
    fixture.attempt({ firstTokenMs: 5500 });
    expect(slowsOf(fixture)).toBe(1);
  });

  it('is the first one told', () => {
    const fixture = buildFixture();
    const pass = enter(fixture.breaker);
    pass.firstToken(800);
    pass.firstToken(20_000);
    pass.end(ended('ok'));
    expect(fixture.breaker.status().recent).toEqual({ ok: 1, failed: 0, slow: 0 });
  });

  it('is never slow below the floor, however quick the model is usually', () => {
    const fixture = usually({ firstTokenMs: 10 });
    fixture.attempt({ firstTokenMs: floorMs });
    expect(slowsOf(fixture)).toBe(0);
    fixture.attempt({ firstTokenMs: floorMs + 1 });
    expect(slowsOf(fixture)).toBe(1);
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
    const fixture = buildFixture();
    const pass = enter(fixture.breaker);
    expect(pass.waited(20_000)).toBe(true);
    expect(pass.waited(30_000)).toBe(false);
    pass.firstToken(31_000);
    pass.end(ended('failed'));
    expect(fixture.breaker.status().recent).toEqual({ ok: 0, failed: 0, slow: 1 });
  });

  it('stays slow when its caller gives up', () => {
    const fixture = buildFixture();
    const pass = enter(fixture.breaker);
    pass.waited(20_000);
    pass.end(ended('void'));
    expect(slowsOf(fixture)).toBe(1);
  });

  it('is not waited for any more once it writes or has ended', () => {
    const fixture = buildFixture();
    const writing = enter(fixture.breaker);
    writing.firstToken(800);
    expect(writing.waited(60_000)).toBe(false);
    const over = enter(fixture.breaker);
    over.end(ended('ok'));
    expect(over.waited(60_000)).toBe(false);
    expect(slowsOf(fixture)).toBe(0);
  });
});

describe('a pace', () => {
  it('is slow below the absolute limit, also when nothing is known to be usual', () => {
    const fixture = buildFixture();
    fixture.attempt({ tokensPerSecond: 5 });
    expect(slowsOf(fixture)).toBe(0);
    for (let n = 0; n < 3; n += 1) fixture.attempt({ tokensPerSecond: 2.5 });
    expect(fixture.breaker.status()).toMatchObject({
      state: 'open',
      reason: '3 attempts in a row were bad, the last: 2.5 tokens per second (the limit is 5.0)',
    });
  });

  it('is slow at less than a fifth of the usual', () => {
    const fixture = usually({ tokensPerSecond: 60 });
    expect(fixture.breaker.status().tokensPerSecond).toBeCloseTo(60);
    fixture.attempt({ tokensPerSecond: 12.5 });
    expect(slowsOf(fixture)).toBe(0);
    fixture.attempt({ tokensPerSecond: 11 });
    expect(slowsOf(fixture)).toBe(1);
  });

  it('is never slow when people could not read faster', () => {
    const fixture = usually({ tokensPerSecond: 500 });
    fixture.attempt({ tokensPerSecond: 15 });
    expect(slowsOf(fixture)).toBe(0);
    fixture.attempt({ tokensPerSecond: 14 });
    expect(slowsOf(fixture)).toBe(1);
  });

  it('of a few tokens says nothing', () => {
    const fixture = buildFixture();
    fixture.attempt({ tokensPerSecond: 1, outputTokens: 19 });
    expect(fixture.breaker.status().recent).toEqual({ ok: 1, failed: 0, slow: 0 });
    fixture.attempt({ tokensPerSecond: 1, outputTokens: 20 });
    expect(slowsOf(fixture)).toBe(1);
  });

  it('of nothing at all is slow', () => {
    const fixture = buildFixture();
    fixture.attempt({ tokensPerSecond: 0 });
    expect(slowsOf(fixture)).toBe(1);
  });

  it('does not excuse what says nothing, nor make a failure worse', () => {
    const fixture = buildFixture();
    fixture.attempt({ verdict: 'void', tokensPerSecond: 1 });
    fixture.attempt({ verdict: 'failed', tokensPerSecond: 1 });
    expect(fixture.breaker.status().recent).toEqual({ ok: 0, failed: 1, slow: 0 });
  });
});

describe('a model that became slower for good', () => {
  /** One probe of a model that now takes six seconds. */
  const probe = (fixture: Fixture): void => {
    fixture.waitForProbe();
    fixture.attempt({ firstTokenMs: 6000 });
  };

  it('is believed after three probes, and its usual is learned anew', () => {
    const fixture = usually({ firstTokenMs: 1000 });
    fixture.breakIt();
    for (let n = 1; n < newUsualProbes; n += 1) {
      probe(fixture);
      expect(fixture.breaker.status().state).toBe('open');
      expect(fixture.breaker.status().firstTokenMs).toBeCloseTo(1000);
    }
    probe(fixture);
    expect(fixture.changes.at(-1)?.reason).toBe('3 probes show that this is usual now');
    expect(fixture.breaker.status()).toMatchObject({ state: 'closed', firstTokenMs: null });
    for (let n = 0; n < 50; n += 1) fixture.attempt({ firstTokenMs: 6000 });
    expect(fixture.breaker.status().state).toBe('closed');
    expect(fixture.breaker.status().firstTokenMs).toBeCloseTo(6000);
  });

  it('has to show it again the next time', () => {
    const fixture = usually({ firstTokenMs: 1000 });
    fixture.breakIt();
    for (let n = 0; n < newUsualProbes; n += 1) probe(fixture);
    // The probe that closed it was the first of the new baseline.
    for (let n = 1; n < baselineMinimum; n += 1) fixture.attempt({ firstTokenMs: 1000 });
    expect(fixture.breaker.status().firstTokenMs).toBeCloseTo(1000);
    fixture.breakIt();
    probe(fixture);
    expect(fixture.breaker.status().state).toBe('open');
  });

  it('is believed for its pace as well', () => {
    const fixture = usually({ tokensPerSecond: 60 });
    fixture.breakIt();
    for (let n = 0; n < newUsualProbes; n += 1) {
      fixture.waitForProbe();
      fixture.attempt({ tokensPerSecond: 8 });
    }
    expect(fixture.breaker.status()).toMatchObject({ state: 'closed', tokensPerSecond: null });
    for (let n = 0; n < 50; n += 1) fixture.attempt({ tokensPerSecond: 8 });
    expect(fixture.breaker.status().state).toBe('closed');
    expect(fixture.breaker.status().tokensPerSecond).toBeCloseTo(8);
  });

  it('is not believed while probes fail in between', () => {
    const fixture = usually({ firstTokenMs: 1000 });
    fixture.breakIt();
    for (let n = 0; n < 4 * newUsualProbes; n += 1) {
      probe(fixture);
      fixture.waitForProbe();
      fixture.attempt({ verdict: 'failed' });
      expect(fixture.breaker.status().state).toBe('open');
    }
  });

  it('is not believed when it is slower than the absolute limit', () => {
    const fixture = usually({ firstTokenMs: 1000 });
    fixture.breakIt();
    for (let n = 0; n < 4 * newUsualProbes; n += 1) {
      fixture.waitForProbe();
      fixture.attempt({ firstTokenMs: slowFirstTokenMs + 1 });
      expect(fixture.breaker.status().state).toBe('open');
    }
  });

  it('is heard out by a probe up to the absolute limit, and not longer', () => {
    const fixture = usually({ firstTokenMs: 1000 });
    fixture.breakIt();
    fixture.waitForProbe();
    const pass = enter(fixture.breaker);
    expect(pass.waited(slowFirstTokenMs)).toBe(false);
    expect(pass.waited(slowFirstTokenMs + 1)).toBe(true);
    expect(fixture.breaker.status()).toMatchObject({
      state: 'open',
      reason: 'a probe was bad: no first token after 10001 ms (the limit is 10000 ms)',
    });
  });

  it('has its baseline kept when the first probe is as quick as ever', () => {
    const fixture = usually({ firstTokenMs: 1000, tokensPerSecond: 60 });
    fixture.breakIt();
    fixture.waitForProbe();
    fixture.attempt({ firstTokenMs: 1000, tokensPerSecond: 60 });
    const status = fixture.breaker.status();
    expect(status.state).toBe('closed');
    expect(status.firstTokenMs).toBeCloseTo(1000);
    expect(status.tokensPerSecond).toBeCloseTo(60);
  });
});
