import { type UsageQuery, UsageSums } from '../../schemas/tools/get-usage.ts';
import type { LedgerQueries } from '../core/services/ledger.ts';
import { problem } from '../errors/problem.ts';
import type { LedgerReader, Viewer } from '../stores/ports/store.ts';

/** Labels are callers' own words, so there may be any number of them. */
const MOST_ROWS = 1_000;

const THIRTY_DAYS_MS = 30 * 24 * 3600 * 1000;

/** Questions to the ledger, as fronts and function tools ask them for one viewer. */
export const buildLedgerQueries = (
  ledger: LedgerReader,
  now: () => number,
  viewer: Viewer,
): LedgerQueries => ({
  async call(id) {
    const found = await ledger.get(id, viewer);
    if (found) return found;
    throw problem('unknown_call', {
      detail: `There is no call "${id.slice(0, 100)}" in the ledger.`,
    });
  },

  async calls(query) {
    // One more than asked for tells whether there is a next page.
    const found = await ledger.list({ ...query, limit: query.limit + 1 }, viewer);
    const calls = found.slice(0, query.limit);
    return { calls, next: found.length > calls.length ? (calls.at(-1)?.id ?? null) : null };
  },

  async usage(query) {
    const { from, to } = windowOf(query, now());
    const [found, [total]] = await Promise.all([
      // One more than is listed tells whether there are others.
      ledger.sum({ groupBy: query.group_by, from, to, limit: MOST_ROWS + 1 }, viewer),
      // Not the sum of the rows: a call that asked two models stands in two of them.
      ledger.sum({ groupBy: 'all', from, to }, viewer),
    ]);
    return {
      group_by: query.group_by,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      rows: found.slice(0, MOST_ROWS),
      more: found.length > MOST_ROWS,
      total: total ? UsageSums.parse(total) : NOTHING,
    };
  },

  spent: () => ledger.spent(now(), viewer),
});

/** The last 30 days unless said otherwise. A call that starts this very millisecond counts. */
function windowOf(query: UsageQuery, now: number): { from: number; to: number } {
  const to = query.to === undefined ? now + 1 : Date.parse(query.to);
  const from = query.from === undefined ? to - THIRTY_DAYS_MS : Date.parse(query.from);
  if (from < to) return { from, to };
  throw problem('invalid_input', {
    detail: '`from` must be before `to`.',
    errors: [{ pointer: '/from', code: 'too_late', detail: 'It is not before `to`' }],
  });
}

const NOTHING: UsageSums = {
  calls: 0,
  failed: 0,
  input_tokens: 0,
  output_tokens: 0,
  thinking_tokens: 0,
  cache_read_tokens: 0,
  cost_usd: 0,
  saved_usd: 0,
  prompt_cache_saved_usd: 0,
};
