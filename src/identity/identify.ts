import { timingSafeEqual } from 'node:crypto';
import { LOCAL, type Principal } from '../core/call/principal.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import type { KeyStore, KeyRecord, SecretRecord } from '../stores/ports/store.ts';
import { isWellFormed, looksLikeOurs } from './secret.ts';

interface IdentifyParts {
  store: KeyStore;
  hashOf: (secret: string) => Promise<string>;
  now: () => number;
}

/** Tells who sent a secret. While no key was ever made, everybody is `local`. */
export function buildIdentify({ store, hashOf, now }: IdentifyParts) {
  const find = async (secret: string): Promise<FoundKey> => {
    // Hashing settles what keys are hashed with: a stranger must not do so before the first key.
    if (!(await store.any())) throw unknown();
    const hash = await hashOf(secret);
    const found = await store.find(hash);
    // The time that an index takes tells something about a keyed hash, which nobody can aim at.
    if (!found || !isSame(found.secret.hash, hash)) throw unknown();
    return found;
  };
  return async (secret: string | null): Promise<Principal> => {
    if (secret === null || !looksLikeOurs(secret)) {
      if (!(await store.any())) return LOCAL;
      throw secret === null ? missing() : foreign();
    }
    if (!isWellFormed(secret)) throw mistyped();
    const found = await find(secret);
    demandWorking(found, now());
    return toPrincipal(found.key);
  };
}

interface FoundKey {
  key: KeyRecord;
  secret: SecretRecord;
}

function demandWorking({ key, secret }: FoundKey, at: number): void {
  if (key.revokedAt !== null) throw revoked(key);
  if (isPast(key.expiresAt, at)) throw expired(key);
  if (isPast(secret.expiresAt, at)) throw replaced(key, secret);
}

const isPast = (end: number | null, at: number): boolean => end !== null && end <= at;

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

const nfc = (label: string | null): string | null => label?.normalize('NFC') ?? null;

const toPrincipal = ({
  name,
  feature,
  user,
  team,
  tools,
  models,
  admin,
  pinPrompts,
}: KeyRecord): Principal => ({
  id: name,
  // One spelling, also of keys that were made before labels had one.
  labels: { feature: nfc(feature), user: nfc(user), team: nfc(team) },
  tools,
  models,
  isAdmin: admin,
  mayPin: pinPrompts || admin,
});

const missing = (): ProblemError =>
  problem('missing_key', { detail: 'This tollgate has keys, and the call brought none.' });

const foreign = (): ProblemError =>
  problem('invalid_key', {
    detail: 'What was sent is no key of a tollgate: those begin with tg_live_.',
  });

const mistyped = (): ProblemError =>
  problem('invalid_key', {
    detail: 'The key is mistyped or incomplete: its last characters do not fit the others.',
  });

const unknown = (): ProblemError =>
  problem('invalid_key', { detail: 'No key of this tollgate has this secret.' });

const moment = (at: number | null): string => new Date(at ?? 0).toISOString();

const revoked = ({ name, revokedAt }: KeyRecord): ProblemError =>
  problem('revoked_key', { detail: `The key "${name}" was revoked at ${moment(revokedAt)}.` });

const expired = ({ name, expiresAt }: KeyRecord): ProblemError =>
  problem('expired_key', { detail: `The key "${name}" expired at ${moment(expiresAt)}.` });

const replaced = ({ name }: KeyRecord, { prefix, expiresAt }: SecretRecord): ProblemError =>
  problem('expired_key', {
    detail: `The secret ${prefix}… of the key "${name}" was replaced and stopped to work at ${moment(expiresAt)}: use the new one.`,
  });
