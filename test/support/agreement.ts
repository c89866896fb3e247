import { expect } from 'vitest';
import type { WireCallMeta } from '../../schemas/wire/call.ts';
import type { SimulatorLedgerEntry } from '../../src/simulator/server.ts';

const toNanoUsd = (usd: number): number => Math.round(usd * 1e9);

/** Our ledger against the provider's: the same requests, token by token and nano-dollar by nano-dollar. */
export function expectSameLedgers(
  rows: readonly WireCallMeta[],
  entries: readonly SimulatorLedgerEntry[],
): void {
  const attempts = rows.flatMap((row) => row.attempts);
  const byId = new Map(entries.map((entry) => [entry.request_id, entry]));
  expect(attempts.map(({ request_id }) => request_id).sort()).toEqual([...byId.keys()].sort());
  for (const attempt of attempts) {
    const entry = byId.get(attempt.request_id ?? '');
    if (entry) expect(ourSide(attempt)).toEqual(theirSide(entry));
  }
  const ours = rows.reduce((sum, { cost_usd }) => sum + toNanoUsd(cost_usd), 0);
  const theirs = entries.reduce((sum, { billed_nano_usd }) => sum + billed_nano_usd, 0);
  expect(ours).toBe(theirs);
}

const ourSide = ({ model, usage, cost_usd }: WireCallMeta['attempts'][number]) => ({
  model,
  input: usage.input,
  output: usage.output,
  cacheRead: usage.cache_read,
  nanoUsd: toNanoUsd(cost_usd),
  source: usage.source,
});

const theirSide = ({ model, usage, billed_nano_usd }: SimulatorLedgerEntry) => ({
  model,
  input: usage?.input_tokens,
  output: usage?.output_tokens,
  cacheRead: usage?.cache_read_input_tokens,
  nanoUsd: billed_nano_usd,
  source: 'provider',
});
