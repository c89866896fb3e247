import { invalid } from './errors.ts';
import { sendJson, type HttpExchange, readJson } from './http.ts';
import { toTotals, type Ledger } from './ledger.ts';
import { readRateLimits, type RateLimiter } from './rate-limits.ts';
import { listModels, toModelInfo } from './model-list.ts';
import { findModel } from './models.ts';
import { authorize } from './validate-request.ts';

interface LedgerRouteParts {
  readonly ledger: Ledger;
}

/** `GET /_sim/ledger?since=<iso>&request_id=<id>`: the totals are those of what is listed. */
export function sendLedger({ response, query }: HttpExchange, { ledger }: LedgerRouteParts): void {
  const id = query.get('request_id');
  const since = readSince(query.get('since'));
  const entries = ledger
    .entries()
    .filter((entry) => id === null || entry.request_id === id)
    .filter((entry) => Date.parse(entry.started_at) >= since);
  sendJson(response, 200, { entries, totals: toTotals(entries) });
}

/** `DELETE /_sim/ledger` */
export function clearLedger({ response }: HttpExchange, { ledger }: LedgerRouteParts): void {
  const removed = ledger.entries().length;
  ledger.clear();
  sendJson(response, 200, { removed });
}

function readSince(text: string | null): number {
  if (text === null) return -Infinity;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw invalid(`since: '${text}' should be an ISO time`);
  return ms;
}

const LIMITS_BYTES = 1024 * 1024;

interface LimitParts {
  readonly rates: RateLimiter;
}

/** `GET /_sim/limits` */
export function sendLimits({ response }: HttpExchange, { rates }: LimitParts): void {
  sendJson(response, 200, rates.limits());
}

/** `PUT /_sim/limits`: replaces all limits; what is left out is at its default again. */
export async function changeLimits(
  { request, response }: HttpExchange,
  { rates }: LimitParts,
): Promise<void> {
  rates.change(readRateLimits(await readJson(request, LIMITS_BYTES)));
  sendJson(response, 200, rates.limits());
}

interface ModelRouteParts {
  readonly now: () => Date;
}

/** `GET /v1/models` */
export function sendModels(
  { request, response, query }: HttpExchange,
  { now }: ModelRouteParts,
): void {
  authorize(request.headers);
  sendJson(response, 200, listModels(query, now()));
}

/** `GET /v1/models/{id}`: a retired model is still in the catalogue. */
export function sendModel(
  { request, response, path }: HttpExchange,
  { now }: ModelRouteParts,
): void {
  authorize(request.headers);
  const id = path.slice(path.lastIndexOf('/') + 1);
  sendJson(response, 200, toModelInfo(findModel(id), now()));
}
