import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from './errors.ts';
import { addFaults, clearFaults, removeFault, sendFaults } from './faults/routes.ts';
import type { FaultRule } from './faults/rule.ts';
import { buildFaultRules, type ListedRule } from './faults/fault-rules.ts';
import { sendFailure, sendJson, type HttpExchange } from './http.ts';
import { buildLedger, type SimulatorLedgerEntry } from './ledger.ts';
import {
  clearLedger,
  sendLedger,
  changeLimits,
  sendLimits,
  sendModel,
  sendModels,
} from './routes.ts';
import { countMessageTokens, createMessage, type MessagesParts } from './messages.ts';
import { buildDocuments } from './documents.ts';
import { buildPromptCache } from './prompt-cache.ts';
import { buildIds } from './random.ts';
import {
  buildRateLimiter,
  readRateLimits,
  type RateLimitOptions,
  type RateLimiter,
} from './rate-limits.ts';

export type { SimulatorLedgerEntry } from './ledger.ts';

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Factor by which it writes faster than a real model; Infinity never waits. */
  readonly speed?: number;
  readonly now?: () => Date;
  /** The same seed and requests give the same ids and timing; the text depends on the request alone, a judge's on what its key has sent too. */
  readonly seed?: string;
  /** Rules as of `POST /_sim/faults`. */
  readonly faults?: FaultRule | readonly FaultRule[];
  /** As of `PUT /_sim/limits`; generous unless given. */
  readonly limits?: RateLimitOptions;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** Ends open streams too. */
  close(): Promise<void>;
  ledger(): SimulatorLedgerEntry[];
  readonly faults: SimulatorFaults;
  readonly rates: Pick<RateLimiter, 'limits' | 'change'>;
}

/** The rules that decide which request fails, and how. */
export interface SimulatorFaults {
  /** Throws when a rule is wrong, and then adds none of them. */
  add(rules: FaultRule | readonly FaultRule[]): ListedRule[];
  /** @returns how many there were */
  clear(): number;
  list(): ListedRule[];
}

const LEDGER_CAPACITY = 10_000;
const CACHE_CAPACITY = 10_000;
const ORGANIZATION_ID = '00000000-0000-4000-8000-73696d756c61';

type RouteHandler = (exchange: HttpExchange, parts: MessagesParts) => Promise<void> | void;

/** The whole API. What starts with `/_sim` is about the simulator and needs no key. */
const ROUTES: readonly (readonly [method: string, path: RegExp, route: RouteHandler])[] = [
  ['POST', /^\/v1\/messages$/, createMessage],
  ['POST', /^\/v1\/messages\/count_tokens$/, countMessageTokens],
  ['GET', /^\/v1\/models$/, sendModels],
  ['GET', /^\/v1\/models\/[\w.-]+$/, sendModel],
  ['GET', /^\/_sim\/ledger$/, sendLedger],
  ['DELETE', /^\/_sim\/ledger$/, clearLedger],
  ['GET', /^\/_sim\/faults$/, sendFaults],
  ['POST', /^\/_sim\/faults$/, addFaults],
  ['DELETE', /^\/_sim\/faults$/, clearFaults],
  ['DELETE', /^\/_sim\/faults\/[\w.-]+$/, removeFault],
  ['GET', /^\/_sim\/limits$/, sendLimits],
  ['PUT', /^\/_sim\/limits$/, changeLimits],
  ['GET', /^\/_sim\/health$/, sendHealth],
];

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', speed = 1, seed = randomUUID() } = options;
  const { now = () => new Date(), faults: rules = [] } = options;
  const ledger = buildLedger(now, LEDGER_CAPACITY);
  const faults = buildFaultRules(now);
  faults.add(rules);
  const rates = buildRateLimiter(readRateLimits(options.limits ?? {}), now);
  const cache = buildPromptCache(now, CACHE_CAPACITY);
  const documents = buildDocuments();
  const newId = buildIds(seed);
  const held = { ledger, faults, rates, cache, documents };
  const parts: MessagesParts = { ...held, now, speed, seed, newId };
  const server = createServer((request, response) => {
    void answer(openExchange(request, response, parts.newId('req')), parts);
  });
  await listen(server, port, host);
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(bound)}`,
    port: bound,
    close: () => closeServer(server),
    ledger: () => ledger.entries(),
    faults,
    rates,
  };
}

function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): HttpExchange {
  const gone = new AbortController();
  response.on('close', () => {
    gone.abort();
  });
  response.setHeader('request-id', requestId);
  response.setHeader('anthropic-organization-id', ORGANIZATION_ID);
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  return {
    request,
    response,
    requestId,
    path,
    query: new URLSearchParams(query),
    gone: gone.signal,
  };
}

async function answer(exchange: HttpExchange, parts: MessagesParts): Promise<void> {
  try {
    await findRoute(exchange)(exchange, parts);
  } catch (error) {
    await sendFailure(exchange, error);
  }
}

function findRoute({ request, path }: HttpExchange): RouteHandler {
  const found = ROUTES.find(([method, known]) => method === request.method && known.test(path));
  if (!found) throw new ApiError('not_found_error', `Not Found: ${path}`);
  return found[2];
}

function sendHealth({ response }: HttpExchange): void {
  sendJson(response, 200, { status: 'ok' });
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
