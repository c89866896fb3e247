import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alias, CacheStore, CachedAnswer } from '../../../src/stores/ports/cache.ts';
import { entry, HOUR, INDEX, near, NOW, use, vector, wording } from './cache-entries.ts';
import type { Database } from './database.ts';
import { runs } from '../../support/depth.ts';

const SCOPES = ['scope-a', 'scope-b'];
const CANONS = ['c0', 'c1', 'c2', 'c3'];
const KEYS = ['k0', 'k1', 'k2'];

type Step =
  | { do: 'keep'; scope: number; key: number; canon: number; minutes: number; most: number }
  | { do: 'alias' | 'negative'; scope: number; canon: number; nth: number }
  | { do: 'use'; nth: number; canon: number | null }
  | { do: 'complain'; nth: number }
  | { do: 'purge'; nth: number }
  | { do: 'vector'; nth: number; degrees: number };

const [scope, canon, nth] = [fc.nat(1), fc.nat(3), fc.nat(9)];
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('keep' as const),
      scope,
      canon,
      key: fc.nat(2),
      minutes: fc.integer({ min: 0, max: 120 }),
      most: fc.integer({ min: 1, max: 4 }),
    }),
  },
  fc.record({ do: fc.constantFrom('alias' as const, 'negative' as const), scope, canon, nth }),
  fc.record({ do: fc.constant('use' as const), nth, canon: fc.option(canon) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('complain' as const), nth }) },
  fc.record({ do: fc.constant('purge' as const), nth }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('vector' as const), nth, degrees: fc.nat(90) }),
  },
);

/** What no sequence may ever lead to, by a plain account of what happened. */
interface Account {
  /** Every entry that was ever kept, with what it was kept as. */
  kept: { id: string; scope: string; key: string; similarUntil: number }[];
  gone: Set<string>;
  denied: Set<string>;
  /** Calls with the entry that they had, and the other wording. */
  calls: { call: string; entry: string; canon: string | null }[];
  strikes: Map<string, Set<string>>;
}

/** Whatever was kept, learnt, denied, complained of and purged. */
export function cacheAnySequenceCases(newDatabase: () => Database): void {
  describe('whatever was done', () => {
    it('nothing is found across scopes, or that is denied, in quarantine, past its time or gone', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const database = newDatabase();
          try {
            const [store, other] = [database.open().cache, database.open().cache];
            const account: Account = {
              kept: [],
              gone: new Set(),
              denied: new Set(),
              calls: [],
              strikes: new Map(),
            };
            for (const [at, each] of steps.entries()) {
              const before = await other.generation();
              const out = outOf(account);
              await run(at % 2 === 0 ? store : other, account, each);
              if (outOf(account) > out) expect(await other.generation()).toBeGreaterThan(before);
            }
            await expectTruth(other, account);
          } finally {
            await database.remove();
          }
        }),
        { numRuns: runs(25) },
      );
    });
  });
}

/** How many entries were taken from somebody who might have had them. */
const outOf = ({ gone, denied, strikes }: Account): number =>
  gone.size + denied.size + [...strikes.values()].filter((calls) => calls.size >= 3).length;

async function run(store: CacheStore, account: Account, step: Step): Promise<void> {
  const { kept, calls } = account;
  if (step.do === 'keep') return keep(store, account, step);
  if (step.do === 'complain')
    return complain(store, account, calls[step.nth % Math.max(1, calls.length)]);
  const meant = kept[step.nth % Math.max(1, kept.length)];
  if (!meant) return;
  switch (step.do) {
    case 'vector':
      return store.addVector({ entry: meant.id, index: INDEX, values: vector(step.degrees) });
    case 'purge':
      await store.purge({ entry: meant.id });
      account.gone.add(meant.id);
      return;
    case 'use':
      return answerWith(store, account, { entry: meant.id, canon: step.canon });
    case 'alias':
      return store.addAlias(said(step, meant.id));
    case 'negative':
      return deny(store, account, { meant, negative: said(step, meant.id) });
  }
}

async function deny(
  store: CacheStore,
  { gone, denied }: Account,
  { meant, negative }: { meant: Account['kept'][number]; negative: Alias },
): Promise<void> {
  await store.addNegative(negative);
  if (negative.scope === meant.scope && !gone.has(meant.id))
    denied.add(`${negative.canon} ${meant.id}`);
}

const said = ({ scope, canon }: { scope: number; canon: number }, entry: string) =>
  wording(CANONS[canon] ?? '', entry, { scope: SCOPES[scope] ?? '' });

async function answerWith(
  store: CacheStore,
  { calls }: Account,
  { entry, canon }: { entry: string; canon: number | null },
): Promise<void> {
  const name = canon === null ? null : (CANONS[canon] ?? '');
  const call = `call_${String(calls.length)}`;
  const asked = name === null ? null : { canon: name, text: name };
  await store.used(use(call, entry, { asked }));
  calls.push({ call, entry, canon: name });
  await store.complain({ call: 'nobody', at: NOW }); // what was used is written
}

async function keep(
  store: CacheStore,
  account: Account,
  { scope, key, canon, minutes, most }: Step & { do: 'keep' },
): Promise<void> {
  const id = `e${String(account.kept.length)}`;
  const [name, exactKey] = [SCOPES[scope] ?? '', `${SCOPES[scope] ?? ''} ${KEYS[key] ?? ''}`];
  const similarUntil = NOW + (minutes * HOUR) / 60;
  const own = { scope: name, exactKey, canon: CANONS[canon] ?? '', similarUntil };
  await store.keep(entry(id, own), { entries: most, bytes: 1e9 });
  for (const each of account.kept)
    if (each.key === exactKey || (await store.inspect(each.id)) === null) account.gone.add(each.id);
  account.kept.push({ id, scope: name, key: exactKey, similarUntil });
  if ((await store.inspect(id)) === null) account.gone.add(id);
}

async function complain(
  store: CacheStore,
  { gone, denied, strikes }: Account,
  of: Account['calls'][number] | undefined,
): Promise<void> {
  if (!of) return;
  const found = await store.complain({ call: of.call, at: NOW });
  if (!found) return;
  expect(found.entry).toBe(of.entry);
  expect(gone.has(of.entry)).toBe(false);
  const struck = strikes.get(of.entry) ?? new Set();
  strikes.set(of.entry, struck.add(of.call));
  expect(found).toMatchObject({ strikes: struck.size, quarantined: struck.size >= 3 });
  if (of.canon !== null) denied.add(`${of.canon} ${of.entry}`);
}

async function expectTruth(store: CacheStore, account: Account): Promise<void> {
  for (const scope of SCOPES)
    for (const canon of CANONS) {
      const expectGood = ({ id, scope: own }: CachedAnswer): void => {
        expect(own).toBe(scope);
        expect(account.gone.has(id)).toBe(false);
        expect(account.denied.has(`${canon} ${id}`)).toBe(false);
        expect(account.strikes.get(id)?.size ?? 0).toBeLessThan(3);
      };
      for (const found of await foundByKey(store, scope, canon)) expectGood(found);
      const now = NOW + HOUR;
      const neighbours = await store.nearest(near(45, { scope, canon, now }));
      const popular = await store.mostAsked({ scope, canon, limit: 9, now });
      for (const each of [...neighbours.map((one) => one.entry), ...popular]) {
        expectGood(each);
        expect(each.similarUntil).toBeGreaterThan(now);
      }
    }
}

async function foundByKey(
  store: CacheStore,
  scope: string,
  canon: string,
): Promise<CachedAnswer[]> {
  const found: CachedAnswer[] = [];
  for (const owner of SCOPES)
    for (const key of KEYS) {
      const exactKey = `${owner} ${key}`;
      const { exact, alias } = await store.find({ scope, exactKey, canon });
      if (exact) expect([owner, exact.exactKey]).toEqual([scope, exactKey]);
      found.push(...[exact, alias?.entry].flatMap((each) => each ?? []));
    }
  return found;
}
