import { setTimeout as wait } from 'node:timers/promises';
import type { WireAttempt, WireCallMeta } from '../../schemas/wire/call.ts';
import type { FaultRule } from '../../src/simulator/faults/rule.ts';
import { seededRandom } from '../../src/simulator/random.ts';
import type { SimulatorLedgerEntry } from '../../src/simulator/server.ts';
import {
  FRONTS,
  openFaultyServer,
  PATIENT,
  type FaultyServer,
  type FrontName,
} from './faulty-server.ts';
import { OWNER } from '../support/owner.ts';

const CALLS = 500;
const AT_ONCE = 16;
const CANCELLED_SHARE = 0.15;

/** How often each fault strikes an attempt; together nearly one in three has one. */
const MIX: readonly (readonly [
  fault: string,
  probability: number,
  params?: FaultRule['params'],
])[] = [
  ['overloaded-529', 0.03],
  ['api-error-500', 0.02],
  ['bad-gateway-502', 0.01],
  ['rate-limit-429-ms', 0.02, { retry_after_ms: 30 }],
  ['reset-before-headers', 0.02],
  ['hang', 0.01],
  ['slow-first-token', 0.02, { ms: 300 }],
  ['reset-mid-stream', 0.04, { at_delta: 8 }],
  ['cut-before-message-delta', 0.03],
  ['cut-before-message-stop', 0.02],
  ['stall-silent', 0.01, { at_delta: 10 }],
  ['error-event-overloaded', 0.03, { at_delta: 5 }],
  ['missing-usage', 0.02],
  ['missing-final-usage', 0.02],
  ['null-cache-counts', 0.02],
  ['duplicated-message-delta', 0.02],
  ['truncated-max-tokens', 0.01],
  ['refusal-before-output', 0.01],
  ['broken-schema', 0.02],
  ['undercounted-input', 0.02],
  ['late-thinking', 0.02, { tokens: 60 }],
];

const QUESTIONS = [
  'How do I get my money back?',
  'Do you ship to Norway?',
  'Can I change my delivery address?',
  'How long is the warranty?',
  'Which ways to pay are there?',
];

/** Our ledger against the simulator's truth after a mixed load; the same seed makes the same load. */
export async function runRandom(seed: string): Promise<{ lines: string[]; wrong: string[] }> {
  const rules = MIX.map(([fault, probability, params]): FaultRule => ({
    fault,
    probability,
    seed: `${seed}:${fault}`,
    ...(params && { params }),
  }));
  const server = await openFaultyServer({ seed, settings: PATIENT });
  await warmUp(server);
  server.simulator.faults.add(rules);
  const random = seededRandom(`${seed}:calls`);
  const jobs = Array.from({ length: CALLS }, (_, number) => ({
    question: `${QUESTIONS[Math.floor(random() * QUESTIONS.length)] ?? ''} (${String(number)})`,
    front: pickFrom(Object.keys(FRONTS) as FrontName[], random()),
    leaveAfterMs: random() < CANCELLED_SHARE ? Math.floor(random() * 250) : null,
  }));
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await callOnce(server, job);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Rows of calls whose callers left are written a moment later.
  await server.server.app.idle(10_000);
  await wait(200);
  const rows = await allRows(server);
  const entries = server.simulator.ledger();
  await server.close();
  return compare(rows, entries);
}

/** Both models' prompt caches are known to be filled, as in a process that has run for a while. */
const WARM_UPS = ['balanced', 'fast'].flatMap((quality) =>
  Array.from({ length: 3 }, () => quality),
);

async function warmUp({ call }: FaultyServer): Promise<void> {
  for (const quality of WARM_UPS) {
    await call.JSON('answer_question', { question: 'Are you there?', options: { quality } });
  }
}

const pickFrom = <T>(list: readonly T[], at: number): T => list[Math.floor(at * list.length)] as T;

interface Job {
  question: string;
  front: FrontName;
  leaveAfterMs: number | null;
}

async function callOnce(
  { call }: FaultyServer,
  { question, front, leaveAfterMs }: Job,
): Promise<void> {
  const gone = new AbortController();
  if (leaveAfterMs !== null)
    void wait(leaveAfterMs).then(() => {
      gone.abort();
    });
  // How a call ends is the matrix's business; here only the books count.
  await call[front]('answer_question', { question }, { signal: gone.signal }).catch(
    () => undefined,
  );
}

async function allRows({ server }: FaultyServer): Promise<WireCallMeta[]> {
  const rows: WireCallMeta[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await server.app.ledger(OWNER).calls({ limit: 100, before });
    rows.push(...page.calls);
    if (page.next === null) return rows;
    before = page.next;
  }
}

const ALL_CALLS = CALLS + WARM_UPS.length;

const nanoUsd = ({ cost_usd }: WireAttempt): number => Math.round(cost_usd * 1e9);
const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, each) => total + each, 0);
const inUsd = (nano: number): string => (nano / 1e9).toFixed(6);

function compare(
  rows: readonly WireCallMeta[],
  entries: readonly SimulatorLedgerEntry[],
): { lines: string[]; wrong: string[] } {
  const attempts = rows.flatMap((row) => row.attempts);
  const truth = new Map(entries.map((entry) => [entry.request_id, entry]));
  const told = attempts.filter(({ usage }) => usage.source === 'provider');
  const different = told.filter(
    (attempt) => truth.get(attempt.request_id ?? '')?.billed_nano_usd !== nanoUsd(attempt),
  );
  const toldIds = new Set(told.map(({ request_id }) => request_id));
  const untold = attempts.filter(({ usage }) => usage.source !== 'provider');
  const ours = sum(untold.map(nanoUsd));
  const theirs = sum(
    entries.filter(({ request_id: id }) => !toldIds.has(id)).map((entry) => entry.billed_nano_usd),
  );
  const error = theirs === 0 ? (ours === 0 ? 0 : Infinity) : ours / theirs - 1;
  const most = Math.max(...rows.map((row) => row.attempts.length));
  const count = (pick: (row: WireCallMeta) => boolean): string => String(rows.filter(pick).length);
  return {
    lines: [
      `${String(rows.length)} calls: ${count((row) => row.served_by === 'model')} by a model (${count((row) => row.served_by === 'model' && row.degraded)} of them degraded), ${count((row) => row.served_by === 'fallback')} by fallback, ${count((row) => row.finish === 'cancelled')} cancelled, ${count((row) => row.finish === 'error' || row.finish === 'truncated' || row.finish === 'refused')} ended with a problem`,
      `${String(attempts.length)} attempts (at most ${String(most)} a call), ${String(entries.length)} seen by the simulator, ${String(entries.filter(({ fault }) => fault !== null).length)} with a fault`,
      `usage delivered: ${String(told.length)} attempts, ledger ${inUsd(sum(told.map(nanoUsd)))} USD, ${String(different.length)} differ from the truth`,
      `usage not delivered: ${String(untold.length)} attempts, ledger ${inUsd(ours)} USD, truth ${inUsd(theirs)} USD, error of the sum ${(error * 100).toFixed(1)} %`,
      `all: ledger ${inUsd(sum(rows.map((row) => Math.round(row.cost_usd * 1e9))))} USD, truth ${inUsd(sum(entries.map((entry) => entry.billed_nano_usd)))} USD`,
    ],
    wrong: [
      ...(rows.length === ALL_CALLS
        ? []
        : [`${String(rows.length)} rows for ${String(ALL_CALLS)} calls`]),
      ...different.map(
        (each) =>
          `${each.request_id ?? '?'} (${each.outcome}): ledger ${inUsd(nanoUsd(each))}, truth ${inUsd(truth.get(each.request_id ?? '')?.billed_nano_usd ?? 0)}`,
      ),
      ...(Math.abs(error) <= 0.15 ? [] : [`estimates are off by ${(error * 100).toFixed(1)} %`]),
    ],
  };
}
