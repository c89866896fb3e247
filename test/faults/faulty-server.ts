import {
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../src/simulator/server.ts';
import type { FaultRule } from '../../src/simulator/faults/rule.ts';
import { CONNECT, type CallTool } from '../support/fronts.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';

export const FRONTS = { JSON: 'REST JSON', SSE: 'REST SSE', MCP: 'MCP HTTP modern' } as const;
export type FrontName = keyof typeof FRONTS;

/** Short enough that a matrix of waits is over in minutes, long enough for a busy machine. */
export const DEADLINE_MS = 12_000;

const TOOLS = Object.fromEntries(
  ['answer_question', 'rewrite_text'].map((name) => [
    name,
    {
      deadline_ms: DEADLINE_MS,
      time_limits: { connect_ms: 2_500, first_token_ms: 2_500, idle_ms: 2_000, total_ms: 10_000 },
    },
  ]),
);

/** Faults are dealt out at random or for each call: nobody's breaker is to spare others from them. */
export const PATIENT = { breaker: { consecutive: 1_000, minimum: 1_000 } };

/** A simulator, the whole server in front of it, and a client on each front. */
export interface FaultyServer {
  server: TestServer;
  simulator: Simulator;
  call: Record<FrontName, CallTool>;
  close(): Promise<void>;
}

/** A client over one front; some have a connection to close. */
const connect = (
  front: (typeof FRONTS)[FrontName],
  url: string,
): Promise<{ call: CallTool; close?: () => Promise<void> }> => CONNECT[front](url);

interface Options {
  rules?: FaultRule[];
  seed?: string;
  limits?: SimulatorOptions['limits'];
  settings?: Parameters<typeof openTestServer>[0]['settings'];
}

export async function openFaultyServer({ rules = [], seed = 'faults', settings, limits }: Options) {
  const simulator = await startSimulator({
    speed: 40,
    seed,
    faults: rules,
    ...(limits && { limits }),
  });
  const server = await openTestServer({
    modelUrl: simulator.url,
    settings: { tools: TOOLS, ...settings },
  });
  const opened = await Promise.all(
    Object.values(FRONTS).map((front) => connect(front, server.url)),
  );
  const names = Object.keys(FRONTS) as FrontName[];
  const call = Object.fromEntries(names.map((name, at) => [name, opened[at]?.call]));
  return {
    server,
    simulator,
    call,
    async close() {
      for (const front of opened) await front.close?.();
      await server.close();
      await simulator.close();
    },
  } as FaultyServer;
}
