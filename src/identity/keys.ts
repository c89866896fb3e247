import type { Key, NewKey } from '../../schemas/wire/key.ts';
import type { Keys } from '../core/services/keys.ts';
import type { Principal } from '../core/call/principal.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import type { KeyStore, KeyRecord, SecretRecord } from '../stores/ports/store.ts';
import { openHash, type Hash } from './hash.ts';
import { buildIdentify } from './identify.ts';
import { mintSecret, prefixOf } from './secret.ts';

interface KeysParts {
  store: KeyStore;
  /** Key that hashes secrets; undefined: a random one kept in the book. */
  keySecret: string | undefined;
  now: () => number;
}

export interface OpenKeys extends Keys {
  /**
   * Sender of this secret, or nothing.
   * @throws ProblemError missing_key, invalid_key, expired_key, revoked_key
   */
  identify(secret: string | null): Promise<Principal>;
  /** Whether there is or was any key. */
  any(): Promise<boolean>;
  /** @throws KeySecretError when there are keys that were hashed with something else */
  check(): Promise<void>;
}

/** Keys over a store. Nothing is remembered between calls: what another process does counts at once. */
export function buildKeys({ store, keySecret, now }: KeysParts): OpenKeys {
  let hash: Hash | undefined;
  const hashOf = async (secret: string): Promise<string> => {
    // Kept once it is there, not before: a database that was locked may be free the next time.
    hash ??= await openHash(store, keySecret);
    return hash(secret);
  };
  const mint = async (): Promise<{ secret: string; record: SecretRecord }> => {
    const secret = mintSecret();
    const record = { hash: await hashOf(secret), prefix: prefixOf(secret), createdAt: now() };
    return { secret, record: { ...record, expiresAt: null } };
  };
  const find = async (name: string): Promise<KeyRecord> => {
    const found = await store.get(name);
    if (found) return found;
    throw problem('unknown_key', { detail: `There is no key "${name}".` });
  };

  return {
    identify: buildIdentify({ store, hashOf, now }),
    any: () => store.any(),
    async check() {
      if (await store.any()) await hashOf('');
    },

    async create(key) {
      const expiresAt = expiryOf(key, now());
      const { secret, record } = await mint();
      const { name, team, user, feature, tools, models, admin, pin_prompts: pinPrompts } = key;
      const rights = { name, team, user, feature, tools, models, admin, pinPrompts };
      const made = { ...rights, createdAt: record.createdAt, expiresAt, revokedAt: null };
      if (!(await store.insert(made, record))) throw exists(name);
      return { key: secret, ...toWire({ ...made, rotatedAt: null, prefix: record.prefix }) };
    },

    async list() {
      return (await store.list()).map(toWire);
    },

    async revoke(name) {
      await find(name);
      await store.revoke(name, now());
      return toWire(await find(name));
    },

    async rotate(name, graceMs) {
      const { revokedAt } = await find(name);
      if (revokedAt !== null) throw revoked(name);
      const { secret, record } = await mint();
      await store.rotate(name, record, now() + graceMs);
      return { key: secret, ...toWire(await find(name)) };
    },
  };
}

function expiryOf({ expires_at: given }: NewKey, now: number): number | null {
  if (given === null) return null;
  const expiresAt = Date.parse(given);
  if (expiresAt > now) return expiresAt;
  throw problem('invalid_input', {
    detail: `The key would have expired already, at ${given}.`,
    errors: [{ pointer: '/expires_at', code: 'too_early', detail: 'It is not in the future' }],
  });
}

const exists = (name: string): ProblemError =>
  problem('key_exists', { detail: `There is or was a key "${name}": choose another name.` });

/** Advice to a caller with a revoked key is no help to who manages keys. */
const revoked = (name: string): ProblemError =>
  problem('revoked_key', {
    detail: `The key "${name}" was revoked: it cannot be rotated.`,
    nextActions: [{ action: 'create_key', why: 'Make another key, under another name' }],
  });

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const toWire = (record: KeyRecord): Key => ({
  name: record.name,
  team: record.team,
  user: record.user,
  feature: record.feature,
  tools: record.tools && [...record.tools],
  models: record.models && [...record.models],
  admin: record.admin,
  pin_prompts: record.pinPrompts,
  expires_at: iso(record.expiresAt),
  prefix: record.prefix,
  created_at: new Date(record.createdAt).toISOString(),
  rotated_at: iso(record.rotatedAt),
  revoked_at: iso(record.revokedAt),
});
