import type { Database } from 'better-sqlite3';
import type { KeyStore, KeyRecord, SecretRecord } from '../ports/store.ts';
import { answer } from './answer.ts';
import type { Writer } from './writer.ts';

interface KeyRow {
  name: string;
  team: string | null;
  user: string | null;
  feature: string | null;
  /** string[] as JSON. */
  tools: string | null;
  models: string | null;
  admin: 0 | 1;
  pin_prompts: 0 | 1;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  rotated_at: number | null;
}

interface SecretRow {
  hash: string;
  key: string;
  prefix: string;
  created_at: number;
  expires_at: number | null;
}

/** A key with the beginning of its newest secret: the one without an end, whatever the clocks of processes say. */
const KEYS = `
  SELECT keys.*, (SELECT prefix FROM secrets WHERE secrets.key = keys.name
    ORDER BY secrets.expires_at IS NOT NULL, secrets.created_at DESC LIMIT 1) AS newest
  FROM keys`;

const INSERT = `
  INSERT OR IGNORE INTO keys
    (name, team, user, feature, tools, models, admin, pin_prompts, created_at, expires_at, revoked_at)
  VALUES
    (@name, @team, @user, @feature, @tools, @models, @admin, @pin_prompts, @created_at, @expires_at, @revoked_at)`;

export const openKeyStore = (db: Database, writer: Writer): Omit<KeyStore, 'list'> => ({
  ...openReading(db),
  ...openWriting(db, writer),
  shared: openShared(db, writer),
});

/** By name. */
export function openKeyList(db: Database): () => KeyRecord[] {
  const all = db.prepare<[], KeyRow & { newest: string }>(`${KEYS} ORDER BY name`);
  return () => all.all().map(toRecord);
}

function openReading(db: Database): Pick<KeyStore, 'get' | 'find' | 'any'> {
  const byName = db.prepare<[string], KeyRow & { newest: string }>(`${KEYS} WHERE name = ?`);
  const byHash = db.prepare<[string], SecretRow>('SELECT * FROM secrets WHERE hash = ?');
  const any = db.prepare('SELECT 1 FROM keys LIMIT 1');
  const get = (name: string): KeyRecord | null => {
    const row = byName.get(name);
    return row ? toRecord(row) : null;
  };
  return {
    get: (name) => answer(() => get(name)),
    find: (hash) =>
      answer(() => {
        const secret = byHash.get(hash);
        const key = secret ? get(secret.key) : null;
        return secret && key ? { key, secret: toSecret(secret) } : null;
      }),
    any: () => answer(() => any.get() !== undefined),
  };
}

function openWriting(db: Database, writer: Writer): Pick<KeyStore, 'insert' | 'revoke' | 'rotate'> {
  const insert = db.prepare<Omit<KeyRow, 'rotated_at'>>(INSERT);
  const insertSecret = db.prepare<SecretRow>(
    `INSERT INTO secrets (hash, key, prefix, created_at, expires_at)
     VALUES (@hash, @key, @prefix, @created_at, @expires_at)`,
  );
  const revoke = db.prepare<[number, string]>(
    'UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE name = ?',
  );
  const endOthers = db.prepare<[number, number, string]>(
    'UPDATE secrets SET expires_at = min(coalesce(expires_at, ?), ?) WHERE key = ?',
  );
  const rotated = db.prepare<[number, string]>('UPDATE keys SET rotated_at = ? WHERE name = ?');
  return {
    insert: (key, secret) =>
      writer.write(() => {
        if (insert.run(toRow(key)).changes === 0) return false;
        insertSecret.run(toSecretRow(secret, key.name));
        return true;
      }),
    revoke: (name, at) => writer.write(() => void revoke.run(at, name)),
    rotate: (name, secret, oldUntil) =>
      writer.write(() => {
        endOthers.run(oldUntil, oldUntil, name);
        insertSecret.run(toSecretRow(secret, name));
        rotated.run(secret.createdAt, name);
      }),
  };
}

function openShared(db: Database, writer: Writer): KeyStore['shared'] {
  const keep = db.prepare<[string, string]>(
    'INSERT OR IGNORE INTO shared (name, value) VALUES (?, ?)',
  );
  const read = db.prepare<[string], string>('SELECT value FROM shared WHERE name = ?').pluck();
  return async (name, first) => {
    const known = read.get(name);
    if (known !== undefined) return known;
    return writer.write(() => {
      keep.run(name, first);
      return read.get(name) ?? first;
    });
  };
}

const list = (json: string | null): string[] | null =>
  json === null ? null : (JSON.parse(json) as string[]);

const toRecord = (row: KeyRow & { newest: string }): KeyRecord => ({
  name: row.name,
  team: row.team,
  user: row.user,
  feature: row.feature,
  tools: list(row.tools),
  models: list(row.models),
  admin: row.admin === 1,
  pinPrompts: row.pin_prompts === 1,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
  rotatedAt: row.rotated_at,
  prefix: row.newest,
});

const toRow = (key: Parameters<KeyStore['insert']>[0]): Omit<KeyRow, 'rotated_at'> => ({
  name: key.name,
  team: key.team,
  user: key.user,
  feature: key.feature,
  tools: key.tools && JSON.stringify(key.tools),
  models: key.models && JSON.stringify(key.models),
  admin: key.admin ? 1 : 0,
  pin_prompts: key.pinPrompts ? 1 : 0,
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  revoked_at: key.revokedAt,
});

const toSecret = ({ hash, prefix, created_at, expires_at }: SecretRow): SecretRecord => ({
  hash,
  prefix,
  createdAt: created_at,
  expiresAt: expires_at,
});

const toSecretRow = (secret: SecretRecord, key: string): SecretRow => ({
  hash: secret.hash,
  key,
  prefix: secret.prefix,
  created_at: secret.createdAt,
  expires_at: secret.expiresAt,
});
