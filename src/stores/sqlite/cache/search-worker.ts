import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { Codes } from './codes.ts';
import type { ToSearcher, Told } from './search.ts';
import { load, NEAREST, type Hit } from './vectors.ts';

/** Compared by their bytes: so many of those whose codes are nearest. */
const LOOKED = 128;
/** Scopes below are quicker in the table itself. */
const CODED_FROM = 4_000;
/** Scopes whose codes are held, the last that were asked. */
const MOST_SCOPES = 64;

const db = new Database((workerData as { path: string }).path, { readonly: true });
load(db);

const held = new Map<string, Codes>();

const statements = new Map<string, ReturnType<typeof prepare>>();
function statementsOf(table: string): ReturnType<typeof prepare> {
  const known = statements.get(table) ?? prepare(table);
  statements.set(table, known);
  return known;
}
function prepare(table: string) {
  return {
    all: db.prepare<unknown[], { id: number; until: number; e: Buffer }>(
      `SELECT id, until, e FROM ${table} WHERE scope = ?`,
    ),
    one: db.prepare<unknown[], { e: Buffer }>(`SELECT e FROM ${table} WHERE id = ?`),
    nearest: db.prepare<unknown[], { id: number; distance: number }>(NEAREST(table)),
  };
}

const toVector = (bytes: Buffer): Float32Array =>
  new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));

/**
 * Read once; what comes later is told. Read anew when much has gone, or was added by other processes:
 * what has gone since then is left out when it is compared in full.
 */
function codesOf({ table, scope, entries, dimensions }: ToSearcher & { kind: 'ask' }): Codes {
  const name = `${table} ${String(scope)}`;
  const known = held.get(name);
  held.delete(name);
  const isCurrent =
    known !== undefined && Math.abs(entries - known.size) <= Math.max(256, entries / 50);
  const codes = isCurrent ? known : new Codes(dimensions, entries + 1_024);
  if (!isCurrent) {
    for (const { id, until, e } of statementsOf(table).all.iterate(BigInt(scope)))
      codes.add(id, until, toVector(e));
  }
  held.set(name, codes);
  const [oldest] = held.keys();
  if (held.size > MOST_SCOPES && oldest !== undefined) held.delete(oldest);
  return codes;
}

function search(asked: ToSearcher & { kind: 'ask' }): Hit[] {
  const { table, scope, vector, limit, now, entries } = asked;
  const sql = statementsOf(table);
  if (entries < CODED_FROM) {
    const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
    return sql.nearest
      .all(bytes, BigInt(limit), BigInt(scope), BigInt(now))
      .map(({ id, distance }) => ({ row: id, similarity: 1 - distance }));
  }
  const looked = Math.max(LOOKED, 4 * limit);
  // A few more than are wanted: bytes round, and what has gone is still among them.
  const rows = codesOf(asked).likely(vector, { limit: limit + 8, looked, now });
  return rows
    .flatMap((row): Hit[] => {
      const found = sql.one.get(BigInt(row));
      return found ? [{ row, similarity: cosine(vector, toVector(found.e)) }] : [];
    })
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, limit);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (let at = 0; at < a.length; at += 1) {
    const [x, y] = [a[at] ?? 0, b[at] ?? 0];
    dot += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return dot / Math.sqrt(lengthA * lengthB);
}

const tell = (told: Told): void => {
  parentPort?.postMessage(told);
};

parentPort?.on('message', (said: ToSearcher) => {
  if (said.kind === 'add') held.get(said.scope)?.add(said.row, said.until, said.values);
  if (said.kind !== 'ask') return;
  try {
    tell({ id: said.id, hits: search(said) });
  } catch (error) {
    tell({ id: said.id, error: error instanceof Error ? error.message : String(error) });
  }
});
