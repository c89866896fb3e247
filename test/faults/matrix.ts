import { isDeepStrictEqual } from 'node:util';
import { FAULTS } from '../../src/simulator/faults/catalogue.ts';
import type { Fault } from '../../src/simulator/faults/fault.ts';
import type { FaultRule } from '../../src/simulator/faults/rule.ts';
import type { Called } from '../support/fronts.ts';
import { expectedOf, type End, type Expected } from './expected.ts';
import {
  DEADLINE_MS,
  FRONTS,
  openFaultyServer,
  PATIENT,
  type FaultyServer,
  type FrontName,
} from './faulty-server.ts';

type Scope = keyof Expected;

/** One fault in one scope over one front. */
export interface Outcome {
  fault: string;
  scope: Scope;
  front: FrontName;
  expected: End;
  got: string;
  ms: number;
  /** What is wrong; empty when it went as it should. */
  wrong: string[];
}

const FIRST_MODEL = 'claude-sonnet-5-5';
/** After the deadline so much is allowed, milliseconds. */
const GRACE_MS = 250;

/** Parameters that make a fault quick to see, or late enough that text has been sent. */
const PARAMS: Record<string, Record<string, number>> = {
  'slow-headers': { ms: 150 },
  'slow-first-token': { ms: 150 },
  'slow-tokens': { tokens_per_second: 400 },
  'late-message-delta': { ms: 150 },
  'rate-limit-429-ms': { retry_after_ms: 20 },
  'stall-with-pings': { at_delta: 12, ping_ms: 50 },
  'stall-silent': { at_delta: 12 },
  'reset-mid-stream': { at_delta: 12 },
  'error-event-overloaded': { at_delta: 12 },
  'error-event-api': { at_delta: 12 },
  'malformed-json': { at_delta: 12 },
  'nameless-events': { at_delta: 12 },
};

const ASKED = {
  answer_question: { question: 'How do I get my money back?' },
  rewrite_text: {
    text: 'We got your parcel. It is damaged. We will send you a new one on Monday, and you need not send the old one back.',
    instruction: 'Make it a friendly reply to a customer',
  },
};

const SCOPES: Record<Scope, { tool: keyof typeof ASKED; rule: Partial<FaultRule> }> = {
  once: { tool: 'answer_question', rule: { first: 1 } },
  first: { tool: 'answer_question', rule: { model: FIRST_MODEL } },
  all: { tool: 'answer_question', rule: {} },
  bare: { tool: 'rewrite_text', rule: {} },
};

/** Right outputs, by tool: what comes without a fault. */
type Right = Record<string, unknown>;

export async function runMatrix(onDone: (outcome: Outcome) => void): Promise<Outcome[]> {
  const right = await rightAnswers();
  const jobs = FAULTS.flatMap((fault) =>
    (Object.keys(SCOPES) as Scope[]).map((scope) => ({ fault, scope })),
  );
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      for (const outcome of await runScope(job.fault, job.scope, right)) {
        outcomes.push(outcome);
        onDone(outcome);
      }
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  return outcomes;
}

async function rightAnswers(): Promise<Right> {
  const server = await openFaultyServer({});
  const answers = await Promise.all(
    Object.entries(ASKED).map(async ([tool, input]) => {
      const { ok, output } = await server.call.JSON(tool, input);
      if (!ok) throw new Error(`${tool} fails without a fault`);
      return [tool, output] as const;
    }),
  );
  await server.close();
  return Object.fromEntries(answers);
}

/** All fronts at once, each with the fault for itself where it strikes only once. */
async function runScope(fault: Fault, scope: Scope, right: Right): Promise<Outcome[]> {
  const fronts = Object.keys(FRONTS) as FrontName[];
  const params = PARAMS[fault.name];
  const rule: FaultRule = { fault: fault.name, ...SCOPES[scope].rule, ...(params && { params }) };
  // Where it strikes only once, each front needs a house of its own to see it.
  const groups = scope === 'once' ? fronts.map((front) => [front]) : [fronts];
  const outcomes = await Promise.all(
    groups.map(async (group) => {
      const server = await openFaultyServer({ rules: [rule], settings: PATIENT });
      const ended = await Promise.all(
        group.map((front) => runOne(server, { fault, scope, front, right })),
      );
      await server.close();
      return ended;
    }),
  );
  return outcomes.flat();
}

interface Job {
  fault: Fault;
  scope: Scope;
  front: FrontName;
  right: Right;
}

async function runOne(server: FaultyServer, job: Job): Promise<Outcome> {
  const { fault, scope, front, right } = job;
  const { tool } = SCOPES[scope];
  const expected = expectedOf(fault)[scope];
  const startedAt = performance.now();
  const limit = DEADLINE_MS + GRACE_MS;
  const called = await Promise.race([
    server.call[front](tool, ASKED[tool]),
    new Promise<null>((resolve) => setTimeout(resolve, 2 * limit, null)),
  ]);
  const ms = performance.now() - startedAt;
  const facts = { fault: fault.name, scope, front, expected, ms };
  if (called === null) return { ...facts, got: 'hang', wrong: ['it hangs'] };
  const got = endOf(called, right[tool]);
  const wrong = [
    ...(got === expected ? [] : [`expected ${expected}`]),
    ...(ms <= limit ? [] : [`took ${ms.toFixed(0)} ms`]),
    ...faultsOf(called),
  ];
  return { ...facts, got, wrong };
}

/** What came, in the words of {@link End}; anything else says what is strange about it. */
function endOf({ ok, output, call, problem }: Called, right: unknown): string {
  if (!ok) return problem?.code ?? 'no problem';
  if (call?.served_by === 'fallback') return call.degraded ? 'fallback' : 'fallback, not degraded';
  if (!isDeepStrictEqual(output, right)) return 'another answer';
  return call?.degraded ? 'next' : 'right';
}

/** Rules that hold however a call ends. */
function faultsOf(called: Called): string[] {
  const { ok, call, events, problem } = called;
  const isTerminal = events.some(({ event }) => event === 'done' || event === 'error');
  const rules: [boolean, string][] = [
    [!isTerminal, 'more than one terminal event'],
    [!ok || call?.finish === 'complete', `finish ${String(call?.finish)} in a 200`],
    [!ok || saysWhatItStreamed(called), 'the deltas are not the answer'],
    [ok || problem?.next_actions.length !== 0, 'a problem without next actions'],
  ];
  return rules.flatMap(([holds, otherwise]) => (holds ? [] : [otherwise]));
}

function saysWhatItStreamed({ output, events }: Called): boolean {
  const text = textOf(events);
  const { answer } = output as { answer?: string };
  return text === null || answer === undefined || text === answer;
}

/** The text a reader of the stream ends up with; null where nothing streams. */
function textOf(events: Called['events']): string | null {
  let text: string | null = null;
  for (const { event, data } of events) {
    if (event === 'restart') text = '';
    if (event === 'delta') text = (text ?? '') + (data as { text: string }).text;
  }
  return text;
}
