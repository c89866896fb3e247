import { describe, expect, it } from 'vitest';
import { NOT_READY_FOR_MS, rememberHolds } from '../../src/observe/holds.ts';

const LIMITS = { everyMs: 50, heldMs: 200, notReadyMs: 2_000 };

/** Beats at these times. */
const beaten = (...times: number[]) => {
  const holds = rememberHolds(LIMITS);
  for (const at of times) holds.beat(at);
  return holds;
};

describe('holds of the event loop', () => {
  it('are none while it turns, late by a little or not', () => {
    const holds = beaten(0, 50, 130, 180, 400);
    expect(holds.longestMs(400)).toBe(0);
    expect(holds.trouble(400)).toBeNull();
  });

  it('are as long as the beat was late, and remembered for a minute', () => {
    const holds = beaten(0, 50, 1_100, 1_150, 1_600);
    expect(holds.longestMs(1_600)).toBe(1_000);
    expect(holds.longestMs(61_050)).toBe(1_000);
    expect(holds.longestMs(61_200)).toBe(400);
    expect(holds.longestMs(70_000)).toBe(0);
  });

  it('turn readiness only when they are long, and only for a while', () => {
    const holds = beaten(0, 1_050, 4_100);
    expect(holds.trouble(4_100)).toContain('held for 3000 ms, 0 s ago');
    expect(holds.trouble(4_100 + NOT_READY_FOR_MS)).toContain('10 s ago');
    expect(holds.trouble(4_101 + NOT_READY_FOR_MS)).toBeNull();
  });

  it('tell of the latest long one, not of a short one after it', () => {
    expect(beaten(0, 3_050, 3_100, 3_500).trouble(3_500)).toContain('held for 3000 ms');
  });
});
