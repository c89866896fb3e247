import type { Database, Statement } from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import { openSizes, type ScopeSize } from './sizes.ts';

/** An entry, by the id of its call, and its cosine. */
export interface VectorHit {
  entry: string;
  similarity: number;
}

export interface Vector {
  row: number;
  scope: number;
  /** Milliseconds since the epoch; from then on it is not found. */
  until: number;
  index: string;
  values: Float32Array;
}

/** Table of the vectors of an index. */
export interface VectorTable {
  /** Number of the index. */
  index: number;
  table: string;
  dimensions: number;
}

/** The vectors of all embedders, a table for each: vectors of two versions are never compared. */
export interface Vectors {
  /** Null, or why nothing can be searched here. */
  readonly trouble: string | null;
  /** The table of an index; null while it has no vector. */
  tableOf(index: string): VectorTable | null;
  /** @throws Error when the vector is of no use, or has not as many values as those of the index */
  check(index: string, values: Float32Array): void;
  /** Inside a transaction. @returns whether it had none before */
  add(vector: Vector): boolean;
  /** Inside a transaction. */
  remove(row: number, scope: number): void;
  nearest(asked: {
    scope: number;
    index: string;
    vector: Float32Array;
    limit: number;
    now: number;
  }): VectorHit[];
  /** Vectors that were ever added to a scope and removed from it. */
  size(index: string, scope: number): ScopeSize;
  /** Names of the indexes that have a vector of the row. */
  indexesOf(row: number): string[];
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
  const sizes = openSizes(db);
  const tables = openTables(db);
  const find = (index: string): PreparedTable | null =>
    trouble === null ? tables.find(index) : null;
  const check = (index: string, values: Float32Array): void => {
    checkVector(values, find(index)?.dimensions ?? values.length);
  };

  return {
    trouble,
    tableOf(index) {
      const found = find(index);
      return found && { index: found.id, table: found.table, dimensions: found.dimensions };
    },
    check,
    add({ row, scope, until, index, values }) {
      if (trouble !== null) return false;
      check(index, values);
      const table = find(index) ?? tables.make(index, values.length);
      if (table.has(row)) return false;
      table.insert.run(BigInt(row), BigInt(scope), BigInt(until), bytesOf(values));
      sizes.added(table.id, scope);
      return true;
    },
    remove(row, scope) {
      if (trouble !== null) return;
      for (const table of tables.all())
        if (table.remove.run(BigInt(row)).changes > 0) sizes.removed(table.id, scope);
    },
    nearest({ scope, index, vector, limit, now }) {
      if (trouble !== null) throw new Error(trouble);
      const table = find(index);
      if (!table) return [];
      checkVector(vector, table.dimensions);
      return table.nearest.all(...nearestParameters({ scope, vector, limit, now }));
    },
    size(index, scope) {
      const table = find(index);
      return table ? sizes.of(table.id, scope) : { added: 0, removed: 0 };
    },
    indexesOf: (row) =>
      trouble === null ? tables.all().flatMap(({ name, has }) => (has(row) ? [name] : [])) : [],
  };
}

interface PreparedTable {
  id: number;
  name: string;
  table: string;
  dimensions: number;
  insert: Statement;
  remove: Statement;
  has: (row: number) => boolean;
  nearest: Statement<unknown[], VectorHit>;
}

type IndexRow = Pick<PreparedTable, 'id' | 'name' | 'dimensions'>;

function openTables(db: Database) {
  const byName = db.prepare<[string], IndexRow>(
    'SELECT id, name, dimensions FROM cache_indexes WHERE name = ?',
  );
  const byId = db.prepare<[], IndexRow>(
    'SELECT id, name, dimensions FROM cache_indexes ORDER BY id',
  );
  const add = db.prepare('INSERT OR IGNORE INTO cache_indexes (name, dimensions) VALUES (?, ?)');
  const opened = new Map<number, PreparedTable>();

  const open = (row: IndexRow): PreparedTable => {
    const table = opened.get(row.id) ?? openTable(db, row);
    opened.set(row.id, table);
    return table;
  };
  // Asked anew each time: a table that was just made goes again if its transaction is rolled back.
  const find = (index: string): PreparedTable | null => {
    const row = byName.get(index);
    return row ? open(row) : null;
  };

  return {
    find,
    all: (): PreparedTable[] => byId.all().map(open),
    make(index: string, dimensions: number): PreparedTable {
      add.run(index, dimensions);
      const row = byName.get(index);
      if (!row) throw new Error(`the index "${index}" could not be made`);
      db.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS ${tableName(row.id)} USING vec0(
        id INTEGER PRIMARY KEY, scope INTEGER PARTITION KEY, until INTEGER,
        e FLOAT[${String(dimensions)}] DISTANCE_METRIC=cosine, CHUNK_SIZE=${String(CHUNK)})`);
      return open(row);
    },
  };
}

const tableName = (id: number): string => `cache_vectors_${String(id)}`;

function openTable(db: Database, row: IndexRow): PreparedTable {
  const table = tableName(row.id);
  const one = db.prepare<unknown[], { id: number }>(`SELECT id FROM ${table} WHERE id = ?`);
  return {
    ...row,
    table,
    insert: db.prepare(`INSERT INTO ${table} (id, scope, until, e) VALUES (?, ?, ?, ?)`),
    remove: db.prepare(`DELETE FROM ${table} WHERE id = ?`),
    has: (id) => one.get(BigInt(id)) !== undefined,
    nearest: db.prepare(nearestSql(table)),
  };
}

/** By the ids of calls: a number of a row says nothing once another transaction may have run. */
export const nearestSql = (table: string): string => `
  SELECT e.call AS entry, 1 - v.distance AS similarity
  FROM (SELECT id, distance FROM ${table} WHERE e MATCH ? AND k = ? AND scope = ? AND until > ?) v
    JOIN cache_entries e ON e.id = v.id
  ORDER BY v.distance`;

/** sqlite-vec takes integers as BigInt only. */
export const nearestParameters = (asked: {
  scope: number;
  vector: Float32Array;
  limit: number;
  now: number;
}): unknown[] => [
  bytesOf(asked.vector),
  BigInt(Math.min(asked.limit, MOST)),
  BigInt(asked.scope),
  BigInt(asked.now),
];

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

/** sqlite-vec takes NaN silently, and nothing is at any distance from a vector of zeros. */
function checkVector(values: Float32Array, dimensions: number): void {
  if (values.length !== dimensions)
    throw new Error(
      `the vector has ${String(values.length)} dimensions, the index ${String(dimensions)}`,
    );
  let sum = 0;
  for (const value of values) sum += value * value;
  if (!Number.isFinite(sum) || sum === 0)
    throw new Error('the vector is no direction: it is zero, or has values that are no numbers');
}
