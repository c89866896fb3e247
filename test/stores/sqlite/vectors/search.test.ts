import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheStore, NewCachedAnswer } from '../../../../src/stores/ports/cache.ts';
import type { Store } from '../../../../src/stores/ports/store.ts';
import { entry, INDEX, near, wording } from '../../cases/cache-entries.ts';
import { newFile } from '../new-file.ts';
import { eventually } from '../../../support/eventually.ts';
import { WAIT_LIMIT_MS } from '../../../support/limits.ts';

const MOST = { entries: 100_000, bytes: 1e9 };
const DIMENSIONS = 32;
/** Large enough for the thread to hold a copy of it, and for the table to be searched there. */
const SIZES = { large: 4_100, medium: 2_100 } as const;

/** A direction for each number: no two are alike. */
function direction(seed: number): Float32Array {
  let state = seed + 1;
  const values = Float32Array.from({ length: DIMENSIONS }, () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c_1b_3c_6d) + 0x29_7a_2d_39) | 0;
    return state / 2 ** 31;
  });
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / length);
}

const file = newFile();
let store: Store;
let other: CacheStore;
beforeAll(async () => {
  store = file.open();
  other = file.open().cache;
  for (const [scope, size] of Object.entries(SIZES))
    await Promise.all(
      Array.from({ length: size }, (_, at) => add(store.cache, scope, { seed: at })),
    );
  // The thread starts, and reads the scope, while the first who asks wait.
  for (const scope of Object.keys(SIZES))
    await eventually(() => nearest(store.cache, scope, { seed: 0 }));
}, 60_000);
afterAll(() => file.remove());

async function add(
  cacheStore: CacheStore,
  scope: string,
  { seed, ...over }: { seed: number } & Partial<NewCachedAnswer>,
): Promise<void> {
  const id = `${scope} ${String(seed)}`;
  await Promise.all([
    cacheStore.keep(entry(id, { scope, ...over }), MOST),
    cacheStore.addVector({ entry: id, index: INDEX, values: direction(seed) }),
  ]);
}

type Found = [id: string, similarity: number][];

async function nearest(
  cacheStore: CacheStore,
  scope: string,
  { seed, ...over }: { seed: number } & Partial<Parameters<CacheStore['nearest']>[0]>,
): Promise<Found> {
  const asked = { ...near(0, { scope, limit: 3 }), vector: direction(seed), ...over };
  const found = await cacheStore.nearest(asked);
  return found.map((each) => [each.entry.id, Math.round(each.similarity * 1e4) / 1e4]);
}

describe.each(['large', 'medium'] as const)('in a %s scope', (scope) => {
  it('the nearest are found by the thread', async () => {
    for (const seed of [0, 7, 2_000])
      expect((await nearest(store.cache, scope, { seed }))[0]).toEqual([
        `${scope} ${String(seed)}`,
        1,
      ]);
    expect(await nearest(store.cache, scope, { seed: 5 })).toHaveLength(3);
  });

  it('what is added is found at once, and what has gone no more', async () => {
    await add(store.cache, scope, { seed: 50_000 });
    expect((await nearest(store.cache, scope, { seed: 50_000 }))[0]).toEqual([`${scope} 50000`, 1]);
    await store.cache.purge({ entry: `${scope} 50000` });
    expect((await nearest(store.cache, scope, { seed: 50_000 }))[0]?.[0]).not.toBe(
      `${scope} 50000`,
    );
  });

  it('what is denied, or past its time, takes no place', async () => {
    await store.cache.addNegative(wording('asked', `${scope} 11`, { scope }));
    const found = await nearest(store.cache, scope, { seed: 11 });
    expect(found.map(([id]) => id)).not.toContain(`${scope} 11`);
    expect(found).toHaveLength(3);
    expect((await nearest(store.cache, scope, { seed: 11, canon: 'another' }))[0]?.[1]).toBe(1);
    const now = near(0).now + 10_000;
    await add(store.cache, scope, { seed: 60_000, similarUntil: now });
    expect((await nearest(store.cache, scope, { seed: 60_000 }))[0]?.[1]).toBe(1);
    expect((await nearest(store.cache, scope, { seed: 60_000, now }))[0]?.[1]).toBeLessThan(1);
  });

  it('what another process took away is not found, and takes no place', async () => {
    const before = await nearest(store.cache, scope, { seed: 100, limit: 40 });
    const gone = before.slice(0, 30).map(([id]) => id);
    await Promise.all(gone.map((id) => other.purge({ entry: id })));
    const found = await nearest(store.cache, scope, { seed: 100, limit: 10 });
    expect(found).toEqual(before.slice(30));
  });

  it('what another process added is found before long', async () => {
    await add(other, scope, { seed: 70_000 });
    await expect
      .poll(async () => (await nearest(store.cache, scope, { seed: 70_000 }))[0]?.[0], {
        timeout: WAIT_LIMIT_MS,
      })
      .toBe(`${scope} 70000`);
  });

  it('a vector of another length is refused', async () => {
    const asked = { ...near(0, { scope }), vector: new Float32Array(3).fill(1) };
    await expect(store.cache.nearest(asked)).rejects.toThrow('3 dimensions, the index 32');
  });
});

describe('a search', () => {
  it('that is late is given up, and the next ones are answered', async () => {
    const starting = file.open().cache;
    await expect(nearest(starting, 'large', { seed: 1, withinMs: 1 })).rejects.toThrow('late');
    const next = () => nearest(starting, 'large', { seed: 1 });
    expect((await eventually(next))[0]?.[1]).toBe(1);
  });

  it('is refused when too many wait', async () => {
    const asked = Array.from({ length: 80 }, (_, seed) => nearest(store.cache, 'medium', { seed }));
    const all = await Promise.allSettled(asked);
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(80 - 64);
    expect(String((refused[0] as PromiseRejectedResult).reason)).toMatch(/too many searches wait/);
    expect((await nearest(store.cache, 'medium', { seed: 1 }))[0]?.[1]).toBe(1);
  });

  it('ends when the store is closed', async () => {
    const closing = file.open();
    const asked = nearest(closing.cache, 'large', { seed: 1 });
    const closed = closing.close();
    await expect(asked).rejects.toThrow('closed');
    await closed;
  });
});
