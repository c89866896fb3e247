import { describe, expect, it } from 'vitest';
import { buildCallIds } from '../../../src/core/call/ids.ts';

describe('call ids', () => {
  it('are call_ and a ULID', () => {
    expect(buildCallIds(Date.now)()).toMatch(/^call_[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it('sort by time, also within one millisecond, and never repeat', () => {
    let now = Date.UTC(2026, 10, 23);
    const nextId = buildCallIds(() => now);
    const ids = Array.from({ length: 2_000 }, (_, i) => {
      if (i % 100 === 0) now += 1;
      return nextId();
    });
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('go on upwards when the clock is set back', () => {
    let now = Date.UTC(2026, 10, 23);
    const nextId = buildCallIds(() => now);
    const before = nextId();
    now -= 60_000;
    expect(nextId() > before).toBe(true);
  });

  it('differ between two processes at the same moment', () => {
    const at = (): number => 1_790_000_000_000;
    expect(buildCallIds(at)()).not.toBe(buildCallIds(at)());
  });
});
