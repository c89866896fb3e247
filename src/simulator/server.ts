import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, toApiError } from './errors.ts';
import { sendError, sendJson } from './http.ts';
import type { Exchange } from './http.ts';
import { buildLedger, toTotals } from './ledger.ts';
import type { SimulatorLedgerEntry } from './ledger.ts';
import { countMessageTokens, createMessage } from './messages.ts';
import type { MessagesParts } from './messages.ts';
import { findModel, listModels, toModelInfo } from './models.ts';
import { buildIds } from './random.ts';
import { authorize } from './validate-request.ts';

export type { SimulatorLedgerEntry } from './ledger.ts';

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** How many times faster than a real model it writes; Infinity never waits. */
  readonly speed?: number;
  readonly now?: () => Date;
  /** The same seed and requests give the same ids and timing; the text depends on the request alone. */
  readonly seed?: string;
}

export interface Simulator {
  readonly url: string;
  readonly port: number;
  /** Ends open streams too. */
  close(): Promise<void>;
  ledger(): SimulatorLedgerEntry[];
}

const LEDGER_CAPACITY = 10_000;
const ORGANIZATION_ID = '00000000-0000-4000-8000-73696d756c61';

type Route = (exchange: Exchange, parts: MessagesParts) => Promise<void> | void;

/** The whole API. What starts with `/_sim` is about the simulator and needs no key. */
const ROUTES: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ['POST', /^\/v1\/messages$/, createMessage],
  ['POST', /^\/v1\/messages\/count_tokens$/, countMessageTokens],
  ['GET', /^\/v1\/models$/, sendModels],
  ['GET', /^\/v1\/models\/[\w.-]+$/, sendModel],
  ['GET', /^\/_sim\/ledger$/, sendLedger],
  ['GET', /^\/_sim\/health$/, sendHealth],
];

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', speed = 1, seed = randomUUID() } = options;
  const ledger = buildLedger(options.now ?? (() => new Date()), LEDGER_CAPACITY);
  const parts: MessagesParts = { ledger, speed, seed, newId: buildIds(seed) };
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
  };
}

function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Exchange {
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

async function answer(exchange: Exchange, parts: MessagesParts): Promise<void> {
  try {
    await findRoute(exchange)(exchange, parts);
  } catch (error) {
    if (!exchange.gone.aborted) sendError(exchange, toApiError(error));
  }
}

function findRoute({ request, path }: Exchange): Route {
  const found = ROUTES.find(([method, known]) => method === request.method && known.test(path));
  if (!found) throw new ApiError('not_found_error', `Not Found: ${path}`);
  return found[2];
}

function sendModels({ request, response, query }: Exchange): void {
  authorize(request.headers);
  sendJson(response, 200, listModels(query));
}

function sendModel({ request, response, path }: Exchange): void {
  authorize(request.headers);
  sendJson(response, 200, toModelInfo(findModel(path.slice('/v1/models/'.length))));
}

function sendLedger({ response }: Exchange, { ledger }: MessagesParts): void {
  const entries = ledger.entries();
  sendJson(response, 200, { entries, totals: toTotals(entries) });
}

function sendHealth({ response }: Exchange): void {
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
