import type { Called } from '../support/fronts.ts';
import { openFaultyServer, type FaultyServer } from './faulty-server.ts';

/** A model that is down or slow as a whole, and what calls lose by it. */
export interface Outage {
  what: string;
  says: string;
  wrong: string[];
}

const FIRST_MODEL = 'claude-sonnet-5-5';
const CALLS = 100;
const MOST_ATTEMPTS = 5;
const FIRST_TOKEN_LIMIT_MS = 4_000;
/** For everything about a call but the wait for its first token. */
const REST_MS = 2_500;

const ask = async (
  { call }: FaultyServer,
  number: number,
): Promise<{ called: Called; ms: number }> => {
  const startedAt = performance.now();
  const called = await call.JSON('answer_question', {
    question: `Do you ship abroad? (${String(number)})`,
  });
  return { called, ms: performance.now() - startedAt };
};

const attemptsOn = ({ simulator }: FaultyServer): number =>
  simulator
    .ledger()
    .filter(({ model, fault }) => model === FIRST_MODEL || (model === null && fault)).length;

export async function runOutage(): Promise<Outage[]> {
  return [
    await outage('one after the other', async (server) => {
      const ended = [];
      for (let i = 0; i < CALLS; i += 1) ended.push(await ask(server, i));
      return ended;
    }),
    await outage('all at once, in a fresh process', (server) =>
      Promise.all(Array.from({ length: CALLS }, (_, i) => ask(server, i))),
    ),
    await slowModel(),
    await burst(),
  ];
}

type Asked = Awaited<ReturnType<typeof ask>>[];

/** Settings with the usual time: waiting in a queue is no failure here. */
const SETTINGS = { tools: { answer_question: { deadline_ms: 30_000 } } };

async function outage(
  how: string,
  askAll: (server: FaultyServer) => Promise<Asked>,
): Promise<Outage> {
  const rules = [{ fault: 'overloaded-529', model: FIRST_MODEL }];
  const server = await openFaultyServer({ rules, settings: SETTINGS });
  const ended = await askAll(server);
  const attempts = attemptsOn(server);
  const byNext = ended.filter(
    ({ called }) => called.ok && called.call?.served_by === 'model' && called.call.degraded,
  ).length;
  await server.close();
  return {
    what: `First model down, ${String(CALLS)} calls, ${how}`,
    says: `${String(attempts)} attempts at it, ${String(byNext)} answered by the next model`,
    wrong: [
      ...(attempts <= MOST_ATTEMPTS
        ? []
        : [`${String(attempts)} attempts at a model that is down`]),
      ...(byNext === CALLS ? [] : [`${String(CALLS - byNext)} not answered by the next model`]),
    ],
  };
}

const SLOW_SETTINGS = {
  tools: {
    answer_question: {
      deadline_ms: 30_000,
      time_limits: { first_token_ms: FIRST_TOKEN_LIMIT_MS },
    },
  },
};

/** Quick at first, then 20 s to the first token: calls after the breaker lose no more than one limit. */
async function slowModel(): Promise<Outage> {
  const server = await openFaultyServer({ settings: SLOW_SETTINGS });
  for (let i = 0; i < 25; i += 1) await ask(server, i);
  const params = { ms: 20_000 };
  server.simulator.faults.add({ fault: 'slow-first-token', model: FIRST_MODEL, params });
  const caught = await Promise.all(Array.from({ length: 4 }, (_, i) => ask(server, 100 + i)));
  const model = server.server.app.models().find(({ model: name }) => name === FIRST_MODEL);
  const after: Asked = [];
  for (let i = 0; i < 20; i += 1) after.push(await ask(server, 200 + i));
  await server.close();
  const slowest = (asked: Asked): number => Math.max(...asked.map(({ ms }) => ms));
  const [lost, worst] = [slowest(caught), slowest(after)];
  const unanswered = [...caught, ...after].filter(({ called }) => !called.ok).length;
  const says = [
    `breaker ${String(model?.breaker.state)}: ${String(model?.breaker.reason)}`,
    `the calls it caught took at most ${lost.toFixed(0)} ms, the 20 after that at most ${worst.toFixed(0)} ms (limit of a first token ${String(FIRST_TOKEN_LIMIT_MS)} ms)`,
  ];
  return {
    what: 'First model turns slow (first token 20 s)',
    says: says.join('; '),
    wrong: [
      ...(model?.breaker.state === 'open' ? [] : ['the breaker did not open']),
      ...(worst <= FIRST_TOKEN_LIMIT_MS + REST_MS ? [] : [`a call took ${worst.toFixed(0)} ms`]),
      ...(unanswered === 0 ? [] : [`${String(unanswered)} calls were not answered`]),
    ],
  };
}

const BURST = 200;
const BUCKET = 50;
/** Refused as soon as it is known, not at the deadline of 30 s; two hundred calls are work by themselves. */
const EARLY_MS = 10_000;
/** At the margin it is known late: the provider's headers move what is expected by a token's time. */
const EARLY_SHARE = 0.9;

/** More calls than the provider's buckets hold: some are answered, some refused, none meets a 429. */
async function burst(): Promise<Outage> {
  const server = await openFaultyServer({
    limits: { requestsPerMinute: BUCKET },
    settings: SETTINGS,
  });
  const ended = await Promise.all(Array.from({ length: BURST }, (_, i) => ask(server, i)));
  const refusedUpstream = server.simulator.ledger().filter(({ status }) => status === 429).length;
  await server.close();
  const answered = ended.filter(({ called }) => called.ok).length;
  const refused = ended.filter(({ called }) => called.problem?.code === 'overloaded');
  const times = refused.map(({ ms }) => ms).sort((a, b) => a - b);
  const early = times[Math.floor(times.length * EARLY_SHARE)] ?? 0;
  const others = BURST - answered - refused.length;
  return {
    what: `${String(BURST)} calls at once, buckets of ${String(BUCKET)} requests a minute`,
    says: `${String(refusedUpstream)} got a 429 from upstream; ${String(answered)} answered, ${String(refused.length)} refused with overloaded, 90 % of them within ${early.toFixed(0)} ms, the last after ${(times.at(-1) ?? 0).toFixed(0)} ms`,
    wrong: [
      ...(refusedUpstream === 0 ? [] : [`${String(refusedUpstream)} 429s`]),
      ...(answered >= 2 * BUCKET ? [] : [`only ${String(answered)} answered`]),
      ...(others === 0 ? [] : [`${String(others)} ended otherwise`]),
      ...(early <= EARLY_MS ? [] : [`refusals took ${early.toFixed(0)} ms`]),
    ],
  };
}
