import { NewKey, type KeyDraft } from '../../schemas/wire/key.ts';
import { buildKeys } from '../../src/identity/keys.ts';
import type { KeyStore, Store } from '../../src/stores/ports/store.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';

export const NOON = Date.parse('2026-06-01T12:00:00Z');
export const HOUR_MS = 3_600_000;

/** A clock that moves only as a test says. */
export interface Clock {
  now: number;
}

/** Keys on a real store, by a clock of ours. */
export function openKeys(
  over: { store?: Store; book?: KeyStore; keySecret?: string; clock?: Clock } = {},
) {
  const { store = openSqlite(':memory:'), clock = { now: NOON }, keySecret } = over;
  const keys = buildKeys({ store: over.book ?? store.keys, keySecret, now: () => clock.now });
  return { store, clock, keys };
}

/** What is asked for when a key is made: a name, and no more unless it is said. */
export const draft = (name: string, over: Partial<KeyDraft> = {}): NewKey =>
  NewKey.parse({ name, ...over });

/** The last character is another one: of the right form, but for its check. */
export const mistype = (secret: string): string =>
  secret.slice(0, -1) + (secret.endsWith('x') ? 'y' : 'x');

/** What a promise was rejected with. */
export async function failure(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it did not fail');
}
