import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, ConnectionReset, invalid, toApiError, toErrorBody } from './errors.ts';

/** One request on its way: what every route gets. */
export interface HttpExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Aborts as soon as the other side is gone, finished or not. */
  readonly gone: AbortSignal;
}

export async function readJson(request: IncomingMessage, limitBytes: number): Promise<unknown> {
  const body = await readBody(request, limitBytes);
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw invalid('The request body is not valid JSON');
  }
}

/** Reads a body that is too long to its end, but keeps none of it: who is still sending hears no answer. */
async function readBody(request: IncomingMessage, limitBytes: number): Promise<string> {
  let chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) chunks = [];
    else chunks.push(chunk);
  }
  if (size > limitBytes) throw tooLarge(limitBytes);
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(limitBytes: number): ApiError {
  const message = `Request exceeds the maximum size of ${String(limitBytes)} bytes`;
  return new ApiError('request_too_large', message);
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, { type: 'application/json', text: JSON.stringify(body) });
}

function sendText(
  response: ServerResponse,
  status: number,
  { type, text }: { type: string; text: string },
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function sendError({ response, requestId }: HttpExchange, error: ApiError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  if (error.html === null) sendJson(response, error.status, toErrorBody(error, requestId));
  else sendText(response, error.status, { type: 'text/html; charset=utf-8', text: error.html });
}

/** A reset throws away what has not left this process yet, so it waits for all that was written. */
export function resetConnection({ socket }: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (!socket) {
      resolve();
      return;
    }
    socket.write('', () => {
      socket.resetAndDestroy();
      resolve();
    });
  });
}

/** Answers what a route threw. */
export async function sendFailure(exchange: HttpExchange, thrown: unknown): Promise<void> {
  if (exchange.gone.aborted) return;
  if (thrown instanceof ConnectionReset) await resetConnection(exchange.response);
  else sendError(exchange, toApiError(thrown));
}
