import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCacheControl } from '../../../src/core/call/cache-control.ts';

describe('what a caller says of kept answers', () => {
  it('is nothing, where it says nothing', () => {
    expect(readCacheControl(null, undefined, '')).toEqual({
      mayRead: true,
      mayStore: true,
      onlyIfCached: false,
      exactOnly: false,
      maxAgeMs: Infinity,
    });
  });

  it.each([
    ['no-cache', { mayRead: false, mayStore: true }],
    ['No-Cache, foo=bar', { mayRead: false }],
    ['no-store', { mayRead: true, mayStore: false }],
    ['only-if-cached', { onlyIfCached: true }],
    ['exact-only', { exactOnly: true }],
    ['max-age=60', { maxAgeMs: 60_000, mayRead: true }],
    ['max-age="60"', { maxAgeMs: 60_000 }],
    ['max-age=0', { mayRead: false }],
    ['max-age=soon', { mayRead: false }],
    ['max-age', { mayRead: false }],
    ['private, max-stale', { mayRead: true, mayStore: true }],
  ])('is read from %j', (said, expected) => {
    expect(readCacheControl(said)).toMatchObject(expected);
  });

  it('is the strictest of what was said in several places', () => {
    expect(readCacheControl('max-age=60', 'max-age=5, no-store')).toMatchObject({
      maxAgeMs: 5_000,
      mayStore: false,
    });
  });

  it('never throws, whatever stands in a header', () => {
    fc.assert(
      fc.property(fc.string(), (said) => {
        expect(readCacheControl(said).maxAgeMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
