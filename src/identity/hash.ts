import { createHmac, randomBytes } from 'node:crypto';
import type { KeyStore } from '../stores/ports/store.ts';

/** Turns a secret into what is kept of it: an HMAC-SHA256 in hex. */
export type Hash = (secret: string) => string;

const PEPPER = 'pepper';
const FINGERPRINT = 'pepper_fingerprint';

/** Keys are there, and what they were hashed with is not. A mistake in the settings, not in a call. */
export class KeySecretError extends Error {
  override name = 'KeySecretError';
}

/**
 * Hash of secrets: with the key of the settings, which then never is in the database, else
 * with a random one that all processes find there. Whoever asks first settles it for the database,
 * so nobody may ask before the first key is made.
 * @throws KeySecretError when the keys of the database were hashed otherwise
 */
export async function openHash(store: KeyStore, keySecret: string | undefined): Promise<Hash> {
  const pepper = keySecret ?? (await store.shared(PEPPER, randomBytes(32).toString('hex')));
  const hash: Hash = (secret) => createHmac('sha256', pepper).update(secret).digest('hex');
  // Tells pepper from pepper, and nothing about either.
  const fingerprint = hash('which pepper is this');
  if ((await store.shared(FINGERPRINT, fingerprint)) === fingerprint) return hash;
  throw new KeySecretError(
    'the keys of this database were hashed with another TOLLGATE_KEY_SECRET (or with none): set the one they were made with, or use another TOLLGATE_DB',
  );
}
