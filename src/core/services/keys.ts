import type { Key, MadeKey, NewKey } from '../../../schemas/wire/key.ts';

/** Managing keys: for the command line, and for admins over REST. */
export interface Keys {
  /** @throws ProblemError key_exists, also for the name of a key that was revoked */
  create(key: NewKey): Promise<MadeKey>;
  /** By name. */
  list(): Promise<Key[]>;
  /** Effective at once, in every process. Doing it again changes nothing. @throws ProblemError unknown_key */
  revoke(name: string): Promise<Key>;
  /**
   * A new secret for the same principal; the old one works for `graceMs` more.
   * @throws ProblemError unknown_key; revoked_key
   */
  rotate(name: string, graceMs: number): Promise<MadeKey>;
}
