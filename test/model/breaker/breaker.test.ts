import { describe, expect, it } from 'vitest';
import { BREAKER_DEFAULTS } from '../../../src/model/breaker/settings.ts';
import { buildFixture, ended, enter } from './fixture.ts';

const { openMs, longestOpenMs, probeLeaseMs } = BREAKER_DEFAULTS;

describe('a closed breaker', () => {
  it('lets everybody through and has nothing to explain', () => {
    const { breaker, clock } = buildFixture();
    expect(enter(breaker).probe).toBe(false);
    expect(enter(breaker).probe).toBe(false);
    expect(breaker.status()).toEqual({
      state: 'closed',
      since: clock.ms,
      reason: null,
      retryAtMs: null,
      firstTokenMs: null,
      tokensPerSecond: null,
      recent: { ok: 0, failed: 0, slow: 0 },
    });
  });

  it('opens after three bad attempts in a row, and says why', () => {
    const { breaker, clock, attempt, changes } = buildFixture();
    attempt({ verdict: 'failed' });
    attempt({ verdict: 'slow' });
    expect(breaker.status().state).toBe('closed');
    attempt({ verdict: 'failed', why: 'model_unavailable' });
    const reason = '3 attempts in a row were bad, the last: model_unavailable';
    expect(breaker.status()).toMatchObject({
      state: 'open',
      since: clock.ms,
      reason,
      retryAtMs: clock.ms + openMs,
      recent: { ok: 0, failed: 2, slow: 1 },
    });
    expect(changes).toEqual([{ from: 'closed', to: 'open', reason }]);
    expect(breaker.wouldEnter()).toBe(false);
    expect(breaker.enter()).toBeNull();
  });

  it('forgives two bad ones when a good one follows', () => {
    const { breaker, attempt } = buildFixture({ minimum: 1000, window: 1000 });
    for (let n = 0; n < 30; n += 1) attempt({ verdict: n % 3 === 2 ? 'ok' : 'failed' });
    expect(breaker.status().state).toBe('closed');
  });

  it('opens when half of the last attempts were bad, once there are enough of them', () => {
    const { breaker, attempt } = buildFixture();
    const verdicts = ['failed', 'ok', 'failed', 'failed', 'ok', 'failed', 'failed', 'ok'] as const;
    for (const verdict of verdicts) attempt({ verdict });
    attempt({ verdict: 'ok' });
    expect(breaker.status().state).toBe('closed');
    attempt({ verdict: 'failed', why: 'model_stream_broken' });
    expect(breaker.status()).toMatchObject({
      state: 'open',
      reason: '6 of the last 10 attempts were bad, the last: model_stream_broken',
    });
  });

  it('opens at exactly half of them, but not because of a good one', () => {
    for (const last of ['ok', 'failed'] as const) {
      const { breaker, attempt } = buildFixture();
      const bad = last === 'ok' ? 5 : 4;
      for (let n = 0; n < 9; n += 1)
        attempt({ verdict: n % 2 === 0 && n < 2 * bad ? 'failed' : 'ok' });
      expect(breaker.status()).toMatchObject({ state: 'closed', recent: { failed: bad } });
      attempt({ verdict: last });
      expect(breaker.status().state).toBe(last === 'ok' ? 'closed' : 'open');
    }
  });

  it('forgets what is older than its window', () => {
    const { breaker, attempt } = buildFixture({ window: 10, minimum: 10, share: 0.5 });
    for (let n = 0; n < 4; n += 1) {
      attempt({ verdict: 'failed' });
      attempt();
    }
    for (let n = 0; n < 10; n += 1) attempt();
    expect(breaker.status().recent).toEqual({ ok: 10, failed: 0, slow: 0 });
    attempt({ verdict: 'failed' });
    expect(breaker.status().state).toBe('closed');
  });

  it('counts an attempt once, by the first end it is told', () => {
    const { breaker } = buildFixture();
    const pass = enter(breaker);
    for (const verdict of ['failed', 'failed', 'failed', 'ok'] as const) pass.end(ended(verdict));
    expect(breaker.status()).toMatchObject({ state: 'closed', recent: { ok: 0, failed: 1 } });
  });

  it('does not count what says nothing about the model', () => {
    const { breaker, attempt } = buildFixture();
    for (let n = 0; n < 50; n += 1) attempt({ verdict: 'void' });
    expect(breaker.status()).toMatchObject({ state: 'closed', recent: { ok: 0, failed: 0 } });
    attempt({ verdict: 'failed' });
    attempt({ verdict: 'failed' });
    attempt({ verdict: 'void' });
    attempt({ verdict: 'failed' });
    expect(breaker.status().state).toBe('open');
  });
});

describe('an open breaker', () => {
  it('lets one probe through when the wait is over', () => {
    const { breaker, breakIt, clock, changes } = buildFixture();
    breakIt();
    clock.ms += openMs - 1;
    expect(breaker.enter()).toBeNull();
    clock.ms += 1;
    expect(breaker.wouldEnter()).toBe(true);
    expect(breaker.status().state).toBe('open');
    expect(enter(breaker).probe).toBe(true);
    expect(breaker.status()).toMatchObject({ state: 'half_open', retryAtMs: null });
    expect(breaker.status().reason).toContain('in a row');
    expect(changes.at(-1)).toMatchObject({ from: 'open', to: 'half_open' });
    expect(breaker.wouldEnter()).toBe(false);
    expect(breaker.enter()).toBeNull();
  });

  it('waits up to a fifth less, so that processes do not all probe at once', () => {
    const { breaker, breakIt, clock } = buildFixture({}, () => 0.5);
    breakIt();
    expect(breaker.status().retryAtMs).toBe(clock.ms + 0.9 * openMs);
  });

  it.each(['ok', 'failed', 'slow', 'void'] as const)(
    'is not moved by an attempt from before that ends as %s',
    (verdict) => {
      const { breaker, breakIt, waitForProbe } = buildFixture();
      const early = [enter(breaker), enter(breaker), enter(breaker)];
      breakIt();
      const open = breaker.status();
      early[0]?.end(ended(verdict));
      expect(breaker.status()).toEqual(open);
      waitForProbe();
      const probe = enter(breaker);
      const halfOpen = breaker.status();
      early[1]?.end(ended(verdict));
      expect(breaker.status()).toEqual(halfOpen);
      probe.end(ended('ok'));
      const closed = breaker.status();
      early[2]?.end(ended(verdict));
      expect(breaker.status()).toEqual(closed);
    },
  );
});

describe('a probe', () => {
  it('closes the breaker when it goes well, which then starts with an empty window', () => {
    const { breaker, breakIt, waitForProbe, attempt, clock, changes } = buildFixture();
    breakIt();
    waitForProbe();
    attempt();
    expect(breaker.status()).toMatchObject({
      state: 'closed',
      since: clock.ms,
      reason: null,
      retryAtMs: null,
      recent: { ok: 0, failed: 0, slow: 0 },
    });
    expect(changes.at(-1)).toEqual({
      from: 'half_open',
      to: 'closed',
      reason: 'a probe went well',
    });
    attempt({ verdict: 'failed' });
    attempt({ verdict: 'failed' });
    expect(breaker.status().state).toBe('closed');
  });

  it.each(['failed', 'slow'] as const)('that is %s doubles the wait, up to the longest', (bad) => {
    const { breaker, breakIt, waitForProbe, attempt, clock } = buildFixture();
    breakIt();
    const waits = [20_000, 40_000, 80_000, longestOpenMs, longestOpenMs];
    for (const waitMs of waits) {
      waitForProbe();
      expect(attempt({ verdict: bad, why: 'model_overloaded' }).probe).toBe(true);
      expect(breaker.status()).toMatchObject({
        state: 'open',
        reason: 'a probe was bad: model_overloaded',
        retryAtMs: clock.ms + waitMs,
      });
    }
  });

  it('that says nothing gives its place back', () => {
    const { breaker, breakIt, waitForProbe, attempt, changes } = buildFixture();
    breakIt();
    waitForProbe();
    attempt({ verdict: 'void' });
    const before = changes.length;
    expect(breaker.status().state).toBe('half_open');
    expect(attempt({ verdict: 'void' }).probe).toBe(true);
    expect(changes).toHaveLength(before);
    attempt();
    expect(breaker.status().state).toBe('closed');
  });

  it('that never ends makes room for another, and has no say any more', () => {
    const { breaker, breakIt, waitForProbe, clock } = buildFixture();
    breakIt();
    waitForProbe();
    const lost = enter(breaker);
    clock.ms += probeLeaseMs - 1;
    expect(breaker.enter()).toBeNull();
    clock.ms += 1;
    const next = enter(breaker);
    expect(next.probe).toBe(true);
    lost.end(ended('failed'));
    expect(breaker.status().state).toBe('half_open');
    expect(breaker.enter()).toBeNull();
    next.end(ended('ok'));
    expect(breaker.status().state).toBe('closed');
  });

  it('that ends late still counts while nobody has taken its place', () => {
    const { breaker, breakIt, waitForProbe, clock } = buildFixture();
    breakIt();
    waitForProbe();
    const late = enter(breaker);
    clock.ms += 2 * probeLeaseMs;
    late.end(ended('ok'));
    expect(breaker.status().state).toBe('closed');
  });

  it('has the first wait again only after the model was seen healthy', () => {
    const { breaker, breakIt, waitForProbe, attempt, clock } = buildFixture();
    const waitMs = () => (breaker.status().retryAtMs ?? NaN) - clock.ms;
    breakIt();
    waitForProbe();
    attempt({ verdict: 'failed' });
    waitForProbe();
    attempt();
    breakIt();
    expect(waitMs()).toBe(2 * openMs);
    waitForProbe();
    attempt();
    for (let n = 0; n < BREAKER_DEFAULTS.minimum; n += 1) attempt();
    breakIt();
    expect(waitMs()).toBe(openMs);
  });
});

describe('a clock that is set back', () => {
  const HOUR_MS = 3_600_000;

  it('does not keep it open until the clock has caught up', () => {
    const { breaker, clock, breakIt } = buildFixture();
    breakIt();
    clock.ms -= HOUR_MS;
    expect(breaker.status()).toMatchObject({ since: clock.ms, retryAtMs: clock.ms + openMs });
    clock.ms += openMs;
    expect(enter(breaker).probe).toBe(true);
  });

  it('does not keep the place of a probe that never ends', () => {
    const { breaker, clock, breakIt, waitForProbe } = buildFixture();
    breakIt();
    waitForProbe();
    enter(breaker);
    clock.ms -= HOUR_MS;
    expect(breaker.wouldEnter()).toBe(false);
    clock.ms += probeLeaseMs;
    expect(enter(breaker).probe).toBe(true);
  });
});
