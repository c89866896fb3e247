/**
 * `npm run fuzz:slow`: a seeded search for inputs that hold the event loop. Each is sent to a server of
 * its own process while another caller asks for `/health`, whose longest wait is what counts.
 *
 * `--seed TEXT` draws other inputs, `--cases N` that many, `--only TEXT` those whose name has it,
 * `--list` names them and sends none, `--patterns` sends each of some 300 patterns and schemas made to be
 * slow.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startChild } from '../bench/child.ts';
import { measureLoads } from '../bench/load.ts';
import { machine } from '../bench/machine.ts';
import { OUTPUT } from '../bench/question.ts';
import { restPost } from '../bench/requests.ts';
import { seededRandom, type Random } from '../../src/simulator/random.ts';
import { startAsked, type Asked } from './asked.ts';
import type { Case } from './case.ts';
import { cases as allCases } from './cases.ts';
import { everyPattern } from './cases/patterns.ts';
import { send, toRaw } from './send.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** What another caller may wait, where a bare route of Fastify does so many requests a second. */
const LIMIT_MS = 100;
const YARDSTICK_PER_SECOND = 25_000;

const MOST_MS = 180_000;
const MOST_MS_OF_PATTERNS = 1_200_000;
/** What else the machine does only adds to a wait: the shortest of some draws of the same kind is ours. */
const DRAWS = 3;
const SHOWN = 25;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    cases: { type: 'string' },
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    patterns: { type: 'boolean', default: false },
  },
});

interface Found {
  name: string;
  front: string;
  bytes: number;
  end: string;
  /** Of the other caller. */
  waitedMs: number;
  /** The same without what other processes took of the CPU. */
  heldMs: number;
}

interface Watched {
  server: Asked;
  other: Asked;
}

async function startServer(folder: string, models: 'up' | 'down'): Promise<Watched> {
  const server = await startAsked('serve.ts', mkdtempSync(join(folder, models)), models);
  return { server, other: await startAsked('poll.ts', server.said) };
}

/** By the CPU it takes, which does not depend on who else is busy. */
async function bareRequestsPerSecond(): Promise<number> {
  const server = await startChild<string>('serve-bare.ts', JSON.stringify(OUTPUT));
  try {
    const [bare] = await measureLoads([{ name: 'bare', server, post: restPost(server.said) }]);
    return 1000 / (bare?.cpuMs ?? NaN);
  } finally {
    await server.stop();
  }
}

/** The kinds in an order of the seed. */
function shuffled(kinds: readonly Case[], random: Random): Case[] {
  return kinds
    .map((kind) => ({ kind, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ kind }) => kind);
}

async function tryOnce(kind: Case, random: Random, { server, other }: Watched): Promise<Found> {
  const { front, raw } = toRaw(kind.make(random), random);
  await other.longestMs();
  await server.longestMs();
  const end = await send(server.said, raw);
  const waitedMs = await other.longestMs();
  const heldMs = Math.min(waitedMs, await server.longestMs());
  const bytes = Buffer.byteLength(raw.body ?? '') + raw.path.length;
  return { name: kind.name, front, bytes, end, waitedMs, heldMs };
}

/** A draw that is over the limit is made again, with the same numbers but another nonce. */
async function tryKind(
  kind: Case,
  {
    seed,
    servers,
    limitMs,
  }: { seed: string; servers: Record<'up' | 'down', Watched>; limitMs: number },
): Promise<Found> {
  const server = servers[kind.needs ?? 'up'];
  let found = await tryOnce(kind, seededRandom(seed), server);
  for (let draw = 1; draw < DRAWS && found.heldMs > limitMs; draw += 1) {
    const again = await tryOnce(kind, seededRandom(seed), server);
    if (again.heldMs < found.heldMs) found = again;
  }
  return found;
}

const row = ({ heldMs, waitedMs, front, bytes, end, name }: Found): string =>
  [
    `${heldMs.toFixed(0).padStart(6)} ms`,
    `(${waitedMs.toFixed(0)})`.padStart(7),
    front.padEnd(4),
    String(bytes).padStart(9),
    end.padEnd(24).slice(0, 24),
    name,
  ].join('  ');

async function search(kinds: readonly Case[], limitMs: number): Promise<Found[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-fuzz-'));
  const servers = { up: await startServer(folder, 'up'), down: await startServer(folder, 'down') };
  const found: Found[] = [];
  const until = performance.now() + (values.patterns ? MOST_MS_OF_PATTERNS : MOST_MS);
  try {
    for (const [at, kind] of kinds.entries()) {
      if (performance.now() > until) {
        say(`time is up after ${String(at)} of ${String(kinds.length)}`);
        break;
      }
      const seed = `${values.seed}:${kind.name}`;
      const one = await tryKind(kind, { seed, servers, limitMs });
      found.push(one);
      if (one.heldMs > limitMs) say(`HELD ${row(one)}`);
    }
  } finally {
    for (const { server, other } of Object.values(servers)) {
      await other.stop();
      await server.stop();
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  return found;
}

const order = seededRandom(values.seed);
const kinds = (values.patterns ? everyPattern() : allCases()).filter(({ name }) =>
  name.includes(values.only),
);
const chosen = shuffled(kinds, order).slice(0, Number(values.cases ?? kinds.length));

if (values.list) {
  for (const { name } of chosen) say(name);
} else {
  const perSecond = await bareRequestsPerSecond();
  const limitMs = (LIMIT_MS * YARDSTICK_PER_SECOND) / perSecond;
  say(machine());
  say(
    `bare route: ${perSecond.toFixed(0)} requests a second of CPU, so another caller may wait ${limitMs.toFixed(0)} ms; seed ${values.seed}`,
  );
  const found = (await search(chosen, limitMs)).sort((a, b) => b.heldMs - a.heldMs);
  for (const one of found.slice(0, SHOWN)) say(row(one));
  const held = found.filter(({ heldMs }) => heldMs > limitMs).length;
  process.exitCode = held === 0 ? 0 : 1;
  say(`${String(found.length)} inputs, ${String(held)} of them hold the loop for longer`);
}
