import { invalid } from './errors.ts';
import { sendJson } from './http.ts';
import type { HttpExchange } from './http.ts';
import { toTotals } from './ledger.ts';
import type { Ledger } from './ledger.ts';

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
