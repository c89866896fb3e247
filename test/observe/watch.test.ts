import { describe, expect, it } from 'vitest';
import { openWatch } from '../../src/observe/watch.ts';

/** What is said at each look. */
const looks = (...seen: [now: number, beatAt: number][]) => {
  const watch = openWatch(200);
  return seen.map(([now, beatAt]) => watch.look(now, beatAt));
};

describe('the watch', () => {
  it('has nothing to say of beats that come', () => {
    expect(looks([50, 40], [100, 90], [150, 140], [300, 110])).toEqual([null, null, null, null]);
  });

  it('says once that they stopped and once that they are back', () => {
    expect(looks([100, 100], [200, 100], [301, 100], [400, 100], [500, 460], [550, 510])).toEqual([
      ...[null, null, { kind: 'held', heldMs: 201 }, null],
      ...[{ kind: 'released', heldMs: 360 }, null],
    ]);
  });

  it('takes a machine that slept for no hold', () => {
    expect(looks([100, 100], [9_000, 100], [9_050, 9_040])).toEqual([null, null, null]);
  });

  it('counts from its own waking when the loop stays held after it', () => {
    expect(looks([100, 100], [9_000, 100], [9_150, 100], [9_201, 100])).toEqual([
      ...[null, null, null],
      { kind: 'held', heldMs: 201 },
    ]);
  });
});
