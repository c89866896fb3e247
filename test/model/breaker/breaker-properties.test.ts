import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BreakerState } from '../../../src/model/breaker/breaker.ts';
import type { AttemptPass, AttemptVerdict } from '../../../src/model/breaker/pass.ts';
import { BREAKER_DEFAULTS, type BreakerSettings } from '../../../src/model/breaker/settings.ts';
import { buildFixture, enter, ended, type Fixture } from './fixture.ts';
import { runs } from '../../support/depth.ts';

const RUNS = { numRuns: runs(500) };
const verdict = fc.constantFrom<AttemptVerdict>('ok', 'failed', 'slow', 'void');
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Small numbers, so that short stories see everything happen. */
const settings: fc.Arbitrary<Partial<BreakerSettings>> = fc.record({
  consecutive: fc.integer({ min: 1, max: 4 }),
  share: fc.double({ min: 0.1, max: 1, noNaN: true }),
  window: fc.integer({ min: 4, max: 12 }),
  minimum: fc.integer({ min: 1, max: 6 }),
  baselineMinimum: fc.integer({ min: 1, max: 4 }),
  newUsualProbes: fc.integer({ min: 1, max: 3 }),
  probeLeaseMs: fc.integer({ min: 5_000, max: 120_000 }),
});

const firstTokenMs = fc.integer({ min: 0, max: 20_000 });
const which = fc.nat(5);
type Step =
  | { do: 'enter' }
  | { do: 'wait'; ms: number }
  | { do: 'first' | 'waited'; which: number; ms: number }
  | { do: 'end'; which: number; verdict: AttemptVerdict; tokensPerSecond: number | null };

/** Steps of a story; `which` counts back from the youngest pass. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('enter') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.nat(60_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('first', 'waited'), which, ms: firstTokenMs }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end'),
      which,
      verdict,
      tokensPerSecond: fc.option(fc.integer({ min: 0, max: 100 })),
    }),
  },
);
const story = fc.record({
  settings,
  random: fc.array(random, { minLength: 1 }),
  steps: fc.array(step, { maxLength: 150 }),
});

interface Given {
  pass: AttemptPass;
  atMs: number;
  isOver: boolean;
}

/** What a bystander knows: which passes were given when, and which of them are over. */
interface Watched {
  fixture: Fixture;
  given: Given[];
  leaseMs: number;
}

type Story = typeof story extends fc.Arbitrary<infer Told> ? Told : never;
type Check = (
  watched: Watched,
  told: { step: Step; before: BreakerState; entered: Given | null },
) => void;

/** Plays a story; `check` sees every step with the state before it. */
function play({ settings: chosen, random: numbers, steps }: Story, check?: Check): Fixture {
  let drawn = 0;
  const fixture = buildFixture(chosen, () => numbers[drawn++ % numbers.length] ?? 0);
  const watched: Watched = {
    fixture,
    given: [],
    leaseMs: chosen.probeLeaseMs ?? BREAKER_DEFAULTS.probeLeaseMs,
  };
  for (const next of steps) {
    const before = fixture.breaker.status().state;
    const entered = take(next, watched);
    check?.(watched, { step: next, before, entered });
  }
  return fixture;
}

/** @returns the pass that was given, if one was */
function take(next: Step, { fixture, given }: Watched): Given | null {
  if (next.do === 'wait') {
    fixture.clock.ms += next.ms;
    return null;
  }
  if (next.do === 'enter') {
    const pass = fixture.breaker.enter();
    if (pass === null) return null;
    const entered = { pass, atMs: fixture.clock.ms, isOver: false };
    given.push(entered);
    return entered;
  }
  const chosen = given.at(-1 - next.which);
  if (chosen !== undefined) tell(next, chosen);
  return null;
}

function tell(next: Exclude<Step, { do: 'enter' | 'wait' }>, chosen: Given): void {
  if (next.do === 'end') {
    chosen.pass.end(next);
    chosen.isOver = true;
  } else if (next.do === 'first') chosen.pass.firstToken(next.ms);
  else chosen.isOver ||= chosen.pass.waited(next.ms);
}

describe('a breaker, whatever happens,', () => {
  it('has one live probe at most, and gives nothing else while half open', () => {
    fc.assert(
      fc.property(story, (told) => {
        play(told, ({ fixture, given, leaseMs }, { before, entered }) => {
          if (entered === null) return;
          expect(entered.pass.probe).toBe(before !== 'closed');
          if (!entered.pass.probe) return;
          // One that was slow from the first token on is over too, but then the state says so.
          const live = given.filter(
            ({ pass, isOver, atMs }) => pass.probe && !isOver && fixture.clock.ms < atMs + leaseMs,
          );
          const since = fixture.breaker.status().since;
          expect(live.filter(({ atMs }) => atMs >= since)).toEqual([entered]);
        });
      }),
      RUNS,
    );
  });

  it('gives no pass while open and the wait is not over', () => {
    fc.assert(
      fc.property(story, (told) => {
        let retryAtMs: number | null = null;
        play(told, ({ fixture }, { step: done, entered }) => {
          if (done.do === 'enter' && retryAtMs !== null) {
            expect(entered !== null).toBe(fixture.clock.ms >= retryAtMs);
          }
          retryAtMs = fixture.breaker.status().retryAtMs;
        });
      }),
      RUNS,
    );
  });

  it('goes from closed to open to half open, and from there to either, and tells every change', () => {
    const roads = ['closed>open', 'open>half_open', 'half_open>open', 'half_open>closed'];
    fc.assert(
      fc.property(story, (told) => {
        let state: BreakerState = 'closed';
        let seen = 0;
        play(told, ({ fixture }) => {
          for (const change of fixture.changes.slice(seen)) {
            expect(change.from).toBe(state);
            expect(roads).toContain(`${change.from}>${change.to}`);
            expect(change.reason).not.toBe('');
            state = change.to;
          }
          seen = fixture.changes.length;
          expect(fixture.breaker.status().state).toBe(state);
        });
      }),
      RUNS,
    );
  });

  it('changes nothing for an attempt that says nothing, but to give its place back', () => {
    fc.assert(
      fc.property(story, (told) => {
        let status: unknown = buildFixture(told.settings).breaker.status();
        play(told, ({ fixture }, { step: done }) => {
          const now = fixture.breaker.status();
          if (done.do === 'end' && done.verdict === 'void') expect(now).toEqual(status);
          status = now;
        });
      }),
      RUNS,
    );
  });

  it('says beforehand whether it would give a pass', () => {
    fc.assert(
      fc.property(story, (told) => {
        let would = true;
        play(told, ({ fixture }, { step: done, entered }) => {
          if (done.do === 'enter') expect(entered !== null).toBe(would);
          would = fixture.breaker.wouldEnter();
        });
      }),
      RUNS,
    );
  });

  it('lets somebody through again at last, whatever was taken and never ended', () => {
    fc.assert(
      fc.property(story, (told) => {
        const fixture = play(told);
        fixture.clock.ms += Math.max(BREAKER_DEFAULTS.longestOpenMs, BREAKER_DEFAULTS.probeLeaseMs);
        expect(fixture.breaker.enter()).not.toBeNull();
      }),
      RUNS,
    );
  });

  it('keeps count of no more attempts than its window has', () => {
    fc.assert(
      fc.property(story, (told) => {
        play(told, ({ fixture }) => {
          const { ok, failed, slow } = fixture.breaker.status().recent;
          expect(ok + failed + slow).toBeLessThanOrEqual(told.settings.window ?? 0);
        });
      }),
      RUNS,
    );
  });
});

describe('an outage', () => {
  it('costs few attempts: those that open the breaker, and probes ever further apart', () => {
    const bad = fc.constantFrom<AttemptVerdict>('failed', 'slow');
    const pausesMs = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(bad, { minLength: 1 }), pausesMs, random, (verdicts, pauses, chance) => {
        const { breaker, clock } = buildFixture({}, () => chance);
        const beganAt = clock.ms;
        let given = 0;
        for (let n = 0; n < 2_000; n += 1) {
          const pass = breaker.enter();
          if (pass !== null) {
            given += 1;
            pass.end(ended(verdicts[n % verdicts.length] ?? 'failed'));
          }
          clock.ms += pauses[n % pauses.length] ?? 1;
        }
        const { consecutive, openMs, longestOpenMs } = BREAKER_DEFAULTS;
        const doublings = Math.ceil(Math.log2(longestOpenMs / openMs));
        const longWaits = Math.ceil((clock.ms - beganAt) / (0.8 * longestOpenMs));
        expect(given).toBeLessThanOrEqual(consecutive + doublings + longWaits);
      }),
      { numRuns: runs(200) },
    );
  });

  it('of 20 s for a first token, after 1 s was usual, opens within three attempts', () => {
    const jitter = fc.array(fc.integer({ min: 700, max: 1_400 }), { minLength: 20, maxLength: 60 });
    const how = fc.array(fc.constantFrom('first', 'waited'), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(jitter, how, (usualMs, ways) => {
        const { breaker, attempt } = buildFixture();
        for (const ms of usualMs) attempt({ firstTokenMs: ms });
        for (const way of ways) {
          const pass = enter(breaker);
          if (way === 'first') pass.firstToken(20_000);
          else pass.waited(20_000);
        }
        expect(breaker.status().state).toBe('open');
      }),
    );
  });
});

describe('a healthy model', () => {
  const pace = fc.option(fc.integer({ min: 15, max: 500 }));

  it('never opens its breaker, whoever leaves in between', () => {
    const calls = fc.array(
      fc.tuple(fc.constantFrom<AttemptVerdict>('ok', 'void'), pace, fc.nat(60_000)),
    );
    fc.assert(
      fc.property(settings, calls, (chosen, ends) => {
        const { clock, attempt, changes } = buildFixture(chosen);
        for (const [how, tokensPerSecond, pauseMs] of ends) {
          attempt({ verdict: how, tokensPerSecond, firstTokenMs: 3_000 });
          clock.ms += pauseMs;
        }
        expect(changes).toEqual([]);
      }),
      RUNS,
    );
  });

  it('never opens it while its first tokens keep within the factor and below the limit', () => {
    const { factor, slowFirstTokenMs } = BREAKER_DEFAULTS;
    const model = fc.tuple(
      fc.integer({ min: 1, max: slowFirstTokenMs }),
      fc.array(fc.tuple(random, fc.nat(600_000)), { maxLength: 300 }),
    );
    fc.assert(
      fc.property(settings, model, (chosen, [leastMs, calls]) => {
        const mostMs = Math.min(slowFirstTokenMs, factor * leastMs * (1 - 1e-9));
        const { attempt, clock, changes } = buildFixture(chosen);
        for (const [jitter, pauseMs] of calls) {
          attempt({ firstTokenMs: leastMs + jitter * (mostMs - leastMs) });
          clock.ms += pauseMs;
        }
        expect(changes).toEqual([]);
      }),
      RUNS,
    );
  });
});
