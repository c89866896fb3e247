import { describe, expect, it } from 'vitest';
import type { BreakerChange } from '../../../src/model/breaker/breaker.ts';
import { buildBreakers } from '../../../src/model/breaker/breakers.ts';
import { BREAKER_DEFAULTS } from '../../../src/model/breaker/settings.ts';
import { ended, enter } from './fixture.ts';

const build = () => {
  const changes: [string, BreakerChange][] = [];
  const breakers = buildBreakers(BREAKER_DEFAULTS, {
    now: () => 5000,
    random: () => 0,
    onChange: (model, change) => changes.push([model, change]),
  });
  const fail = (model: string) => {
    for (let n = 0; n < BREAKER_DEFAULTS.consecutive; n += 1) {
      enter(breakers.of(model)).end(ended('failed'));
    }
  };
  return { breakers, changes, fail };
};

describe('the breakers of a process', () => {
  it('share one breaker per model among all who ask', () => {
    const { breakers } = build();
    expect(breakers.of('opus')).toBe(breakers.of('opus'));
    expect(breakers.of('opus')).not.toBe(breakers.of('haiku'));
  });

  it('open for the model that fails and no other, and say which', () => {
    const { breakers, changes, fail } = build();
    breakers.of('haiku');
    fail('opus');
    expect(breakers.of('opus').wouldEnter()).toBe(false);
    expect(breakers.of('haiku').wouldEnter()).toBe(true);
    expect(changes).toEqual([
      [
        'opus',
        {
          from: 'closed',
          to: 'open',
          reason: '3 attempts in a row were bad, the last: failed',
        },
      ],
    ]);
  });

  it('tell the status of every model that was asked for', () => {
    const { breakers, fail } = build();
    expect(breakers.statuses()).toEqual([]);
    breakers.of('haiku');
    fail('opus');
    expect(breakers.statuses()).toMatchObject([
      { model: 'haiku', state: 'closed', since: 5000 },
      { model: 'opus', state: 'open', retryAtMs: 15_000 },
    ]);
  });

  it('need nobody who listens', () => {
    const breakers = buildBreakers(BREAKER_DEFAULTS, { now: () => 0, random: () => 0 });
    for (let n = 0; n < 3; n += 1) enter(breakers.of('opus')).end(ended('failed'));
    expect(breakers.of('opus').status().state).toBe('open');
  });
});
