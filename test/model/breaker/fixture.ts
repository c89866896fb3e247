import {
  buildBreaker,
  type Breaker,
  type BreakerChange,
} from '../../../src/model/breaker/breaker.ts';
import type { AttemptEnd, AttemptPass, AttemptVerdict } from '../../../src/model/breaker/pass.ts';
import { BREAKER_DEFAULTS, type BreakerSettings } from '../../../src/model/breaker/settings.ts';

/** A breaker with a clock that stands still until told otherwise, and everything it changed. */
export interface Fixture {
  breaker: Breaker;
  clock: { ms: number };
  changes: BreakerChange[];
  /** Make one attempt. @throws when the breaker does not let it through */
  attempt: (end?: Partial<AttemptEnd> & { firstTokenMs?: number }) => AttemptPass;
  /** Fail until it is open. */
  breakIt: () => void;
  /** Move the clock to the next probe. */
  waitForProbe: () => void;
}

/** @param random 0: waits have no jitter */
export function buildFixture(settings: Partial<BreakerSettings> = {}, random = () => 0): Fixture {
  const clock = { ms: 1_000_000 };
  const changes: BreakerChange[] = [];
  const breaker = buildBreaker(
    { ...BREAKER_DEFAULTS, ...settings },
    { now: () => clock.ms, random, onChange: (change) => changes.push(change) },
  );
  const attempt: Fixture['attempt'] = ({ firstTokenMs, ...end } = {}) => {
    const pass = enter(breaker);
    if (firstTokenMs !== undefined) pass.firstToken(firstTokenMs);
    pass.end({ verdict: 'ok', tokensPerSecond: null, ...end });
    return pass;
  };
  return {
    breaker,
    clock,
    changes,
    attempt,
    breakIt: () => {
      while (breaker.status().state === 'closed') attempt({ verdict: 'failed' });
    },
    waitForProbe: () => {
      clock.ms = breaker.status().retryAtMs ?? clock.ms;
    },
  };
}

/** @throws when the breaker does not let it through */
export function enter(breaker: Breaker): AttemptPass {
  const pass = breaker.enter();
  if (pass === null) throw new Error('the breaker gave no pass');
  return pass;
}

export const ended = (verdict: AttemptVerdict): AttemptEnd => ({ verdict, tokensPerSecond: null });
