/** `tsx test/bench/cache.ts`: what looking for a cached answer costs, by key and by similarity. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readQuestion } from '../../src/cache/canonical/read-question.ts';
import { vetoOf } from '../../src/cache/guards/veto.ts';
import { NO_USAGE } from '../../src/core/call/usage.ts';
import type { CacheStore, NewCachedAnswer } from '../../src/stores/ports/cache.ts';
import type { Store } from '../../src/stores/ports/store.ts';
import { openShipped } from './shipped.ts';

/** Times in milliseconds. */
export interface Times {
  p50: number;
  p99: number;
}

export interface CacheMeasured {
  /** Reading a question, finding its wording in a scope of thousands, and the guards. */
  canonical: Times;
  searches: {
    entries: number;
    scopes: number;
    times: Times;
    /** Of the main thread, at a hundred searches a second. */
    loopP99: number;
    bytesPerEntry: number;
    keptPerSecond: number;
  }[];
}

const DIMENSIONS = 384;
const INDEX = 'bench';
const LOOKUPS = 500;
const EVERY_MS = 10;
const ANSWER = JSON.stringify({ answer: 'x'.repeat(1_000), found: true, sources: ['Returns'] });

export async function measureCache(): Promise<CacheMeasured> {
  return {
    canonical: await withStore(measureCanonical),
    searches: [
      await withStore((store, path) => measureSearch(store, path, { entries: 100_000, scopes: 1 })),
      await withStore((store, path) =>
        measureSearch(store, path, { entries: 100_000, scopes: 100 }),
      ),
      await withStore((store, path) => measureSearch(store, path, { entries: 2_000, scopes: 1 })),
    ],
  };
}

async function withStore<T>(work: (store: Store, path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-cache-'));
  const path = join(folder, 'cache.db');
  const store = openShipped(path);
  try {
    return await work(store, path);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOW = Date.now();
const LATER = NOW + 86_400_000;

const entryOf = (at: number, scope: string, question: string): NewCachedAnswer => ({
  id: `call_${String(at)}`,
  scope,
  exactKey: `${scope} ${String(at)}`,
  tool: 'answer_question',
  prompt: 'faq@v1',
  tenant: null,
  model: 'm',
  question,
  output: ANSWER,
  usage: NO_USAGE,
  costNanoUsd: 1,
  createdAt: NOW,
  exactUntil: LATER,
  similarUntil: LATER,
  staleUntil: LATER,
  canon: readQuestion(question).canon,
  tags: [],
});

const MOST = { entries: 1_000_000, bytes: 1e12 };

async function measureCanonical({ cache }: Store): Promise<Times> {
  const entries = 5_000;
  for (let at = 0; at < entries; at += 1)
    await cache.keep(entryOf(at, 'scope', `How do I change setting number ${String(at)}?`), MOST);
  const times: number[] = [];
  for (let at = 0; at < LOOKUPS; at += 1) {
    const asked = `Hi! Could you please tell me how I can change the setting number ${String(at * 7)}?`;
    const startedAt = performance.now();
    const { canon } = readQuestion(asked);
    const { alias } = await cache.find({ scope: 'scope', exactKey: 'none', canon });
    if (!alias || vetoOf(asked, alias.text, 'canonical')) throw new Error(`not found: ${asked}`);
    times.push(performance.now() - startedAt);
  }
  return toTimes(times);
}

interface Size {
  entries: number;
  scopes: number;
}

async function measureSearch({ cache }: Store, path: string, { entries, scopes }: Size) {
  const vectors = clustered(entries);
  const startedAt = performance.now();
  for (let from = 0; from < entries; from += 1_000)
    await Promise.all(
      vectors.slice(from, from + 1_000).map((values, at) => keep(cache, from + at, values)),
    );
  const keptPerSecond = entries / ((performance.now() - startedAt) / 1000);

  async function keep(store: CacheStore, at: number, values: Float32Array): Promise<void> {
    const entry = entryOf(at, `scope ${String(at % scopes)}`, `question ${String(at)}`);
    await Promise.all([
      store.keep(entry, MOST),
      store.addVector({ entry: entry.id, index: INDEX, values }),
    ]);
  }
  const search = async (at: number): Promise<number> => {
    const vector = moved(vectors[at] ?? new Float32Array(DIMENSIONS), 0.3);
    const begun = performance.now();
    const found = await cache.nearest({
      scope: `scope ${String(at % scopes)}`,
      index: INDEX,
      vector,
      canon: 'none',
      limit: 12,
      now: NOW,
      withinMs: 60_000,
    });
    if (found.length === 0) throw new Error('nothing was found');
    return performance.now() - begun;
  };
  for (let at = 0; at < 50; at += 1) await search(at);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times: number[] = [];
  for (let each = 0; each < LOOKUPS; each += 1) {
    times.push(await search(Math.floor((each * entries) / LOOKUPS)));
    await sleep(EVERY_MS);
  }
  delay.disable();
  return {
    entries,
    scopes,
    keptPerSecond,
    times: toTimes(times),
    // A timer of a millisecond is late by one where nothing is in its way.
    loopP99: Math.max(0, delay.percentile(99) / 1e6 - 1),
    bytesPerEntry: (statSync(path).size + statSync(`${path}-wal`).size) / entries,
  };
}

/** Texts lie in clusters: so do these. */
function clustered(count: number): Float32Array[] {
  const centres = Array.from({ length: Math.ceil(count / 50) }, () =>
    moved(new Float32Array(DIMENSIONS), 1),
  );
  return Array.from({ length: count }, (_, at) =>
    moved(centres[at % centres.length] ?? new Float32Array(DIMENSIONS), 0.6),
  );
}

/** The vector and so much of a random one, at length one. */
function moved(from: Float32Array, share: number): Float32Array {
  const size = share / Math.sqrt(DIMENSIONS);
  const sum = from.map((value) => value + size * gaussian());
  const length = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
  return sum.map((value) => value / length);
}

const gaussian = (): number =>
  Array.from({ length: 6 }, Math.random).reduce((sum, each) => sum + each, -3) * Math.SQRT2;

function toTimes(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(await measureCache(), null, 2)}\n`);
