import type { Database, Statement } from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';

/** A vector table's worth of search: entries by row, nearest first. */
export interface Hit {
  row: number;
  similarity: number;
}

/** The vectors of all embedders, a table for each: vectors of two versions are never compared. */
export interface Vectors {
  /** Null, or why nothing can be searched here. */
  readonly trouble: string | null;
  /** Name of the table of an index; null while it has no vector. */
  tableOf(index: string): { table: string; dimensions: number } | null;
  /** Inside a transaction. @throws Error when the vector is of no use */
  add(vector: {
    row: number;
    scope: number;
    until: number;
    index: string;
    values: Float32Array;
  }): void;
  has(row: number, index: string): boolean;
  /** Inside a transaction. */
  remove(row: number, scope?: number): void;
  nearest(asked: {
    scope: number;
    index: string;
    vector: Float32Array;
    limit: number;
    now: number;
  }): Hit[];
  count(scope: number): number;
}

/** Rows per chunk: whole chunks are allotted to each scope, and most scopes are small. */
const CHUNK = 64;
/** sqlite-vec looks for no more. */
const MOST = 4_096;

/**
 * Vectors in sqlite-vec: the scope is a partition, and what is past its time is left out inside the
 * search, so that it takes up no place among the nearest.
 */
export function openVectors(db: Database): Vectors {
  const trouble = load(db);
  const sql = {
    index: db.prepare<[string], { id: number; dimensions: number }>(
      'SELECT id, dimensions FROM cache_indexes WHERE name = ?',
    ),
    indexes: db.prepare<[], { id: number; name: string }>('SELECT id, name FROM cache_indexes'),
    addIndex: db.prepare('INSERT OR IGNORE INTO cache_indexes (name, dimensions) VALUES (?, ?)'),
  };
  const tables = new Map<string, Table>();

  const find = (index: string): Table | null => {
    const known = tables.get(index);
    if (known) return known;
    const row = trouble === null ? sql.index.get(index) : undefined;
    if (!row) return null;
    const table = openTable(db, `cache_vectors_${String(row.id)}`, row.dimensions);
    tables.set(index, table);
    return table;
  };

  const make = (index: string, dimensions: number): Table => {
    sql.addIndex.run(index, dimensions);
    const id = sql.index.get(index)?.id ?? 0;
    db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS cache_vectors_${String(id)} USING vec0(
      id INTEGER PRIMARY KEY, scope INTEGER PARTITION KEY, until INTEGER,
      e FLOAT[${String(dimensions)}] DISTANCE_METRIC=cosine, CHUNK_SIZE=${String(CHUNK)})`);
    const table = find(index);
    if (!table) throw new Error(`the index "${index}" could not be made`);
    return table;
  };

  const all = (): Table[] =>
    sql.indexes.all().flatMap(({ name }) => {
      const table = find(name);
      return table ? [table] : [];
    });

  return {
    trouble,
    tableOf: (index) => find(index),
    add({ row, scope, until, index, values }) {
      if (trouble !== null) return;
      check(values, values.length);
      const table = find(index) ?? make(index, values.length);
      check(values, table.dimensions);
      if (table.has(row)) return;
      table.insert.run(BigInt(row), BigInt(scope), BigInt(until), bytesOf(values));
    },
    has: (row, index) => find(index)?.has(row) ?? false,
    remove(row) {
      for (const table of all()) table.remove.run(BigInt(row));
    },
    nearest({ scope, index, vector, limit, now }) {
      if (trouble !== null) throw new Error(trouble);
      const table = find(index);
      if (!table) return [];
      check(vector, table.dimensions);
      const k = BigInt(Math.min(limit, MOST));
      return table.nearest
        .all(bytesOf(vector), k, BigInt(scope), BigInt(now))
        .map(({ id, distance }) => ({ row: id, similarity: 1 - distance }));
    },
    count: (scope) => Math.max(0, ...all().map((table) => table.size.get(BigInt(scope))?.n ?? 0)),
  };
}

interface Table {
  table: string;
  dimensions: number;
  insert: Statement;
  remove: Statement;
  has: (row: number) => boolean;
  nearest: Statement<unknown[], { id: number; distance: number }>;
  size: Statement<unknown[], { n: number }>;
}

function openTable(db: Database, table: string, dimensions: number): Table {
  const one = db.prepare<unknown[], { id: number }>(`SELECT id FROM ${table} WHERE id = ?`);
  return {
    table,
    dimensions,
    insert: db.prepare(`INSERT INTO ${table} (id, scope, until, e) VALUES (?, ?, ?, ?)`),
    remove: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
    has: (row) => one.get(BigInt(row)) !== undefined,
    nearest: db.prepare(NEAREST(table)),
    size: db.prepare(`SELECT count(*) AS n FROM ${table} WHERE scope = ?`),
  };
}

/** Parameters: vector, how many, scope, now. sqlite-vec takes integers as BigInt only. */
export const NEAREST = (table: string): string =>
  `SELECT id, distance FROM ${table} WHERE e MATCH ? AND k = ? AND scope = ? AND until > ?`;

/** @returns null, or why the extension is not there */
export function load(db: Database): string | null {
  try {
    sqliteVec.load(db);
    return null;
  } catch (error) {
    return `sqlite-vec cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const bytesOf = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

/** sqlite-vec takes NaN silently, and is at no distance from a vector of zeros. */
function check(values: Float32Array, dimensions: number): void {
  if (values.length !== dimensions)
    throw new Error(
      `the vector has ${String(values.length)} dimensions, the index ${String(dimensions)}`,
    );
  let sum = 0;
  for (const value of values) sum += value * value;
  if (!Number.isFinite(sum) || sum === 0)
    throw new Error('the vector is no direction: it is zero, or has values that are no numbers');
}
