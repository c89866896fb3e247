import type Anthropic from '@anthropic-ai/sdk';
import type { Simulator, SimulatorLedgerEntry } from '../../src/simulator/server.ts';
import { clientFor, fixture } from './support.ts';
import { eventually } from '../support/eventually.ts';

export const SUMMARY = {
  model: 'claude-haiku-5-5',
  max_tokens: 2000,
  messages: [{ role: 'user' as const, content: `Tidy this up:\n\n${fixture('article.txt')}` }],
};

/** Under the prices of Haiku 5.5 below 100k: 0.10 and 0.50 USD for a million tokens. */
export function billOf({ usage }: SimulatorLedgerEntry): number {
  return (usage?.input_tokens ?? 0) * 100 + (usage?.output_tokens ?? 0) * 500;
}

/** What a client of the raw stream sees, to the end or to the error. */
export interface Seen {
  types: string[];
  text: string;
  deltas: number;
  stopReason: string | null;
  usage: unknown;
  error: unknown;
}

interface StreamOptions {
  fault?: string;
  signal?: AbortSignal;
  onDelta?: (deltas: number) => void;
}

export async function stream(simulator: Simulator, options: StreamOptions = {}): Promise<Seen> {
  const seen: Seen = {
    types: [],
    text: '',
    deltas: 0,
    stopReason: null,
    usage: null,
    error: null,
  };
  try {
    // The SDK complains on the console about JSON it cannot read.
    const client = clientFor(simulator).withOptions({ logLevel: 'off' });
    const events = await client.messages.create(
      { ...SUMMARY, stream: true },
      {
        ...(options.fault === undefined ? {} : { headers: { 'x-sim-fault': options.fault } }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
    );
    for await (const event of events) {
      note(seen, event);
      options.onDelta?.(seen.deltas);
    }
  } catch (error) {
    seen.error = error;
  }
  return seen;
}

function note(seen: Seen, event: Anthropic.RawMessageStreamEvent): void {
  seen.types.push(event.type);
  if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
    seen.text += event.delta.text;
    seen.deltas += 1;
  }
  if (event.type === 'message_delta') {
    seen.stopReason = event.delta.stop_reason;
    seen.usage = event.usage;
  }
}

/** One request without the SDK, so that every byte and header can be looked at. */
export function ask(
  simulator: Simulator,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${simulator.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': 'k', 'anthropic-version': '2026-10-21', ...headers },
    body: JSON.stringify({ ...SUMMARY, ...body }),
  });
}

/** @returns the first value that there is */
export const waitFor = <Value>(look: () => Value | undefined): Promise<Value> =>
  eventually(() => {
    const value = look();
    if (value === undefined) throw new Error('there is nothing yet');
    return value;
  });

/** The newest attempt, once it is over. */
export function lastEntry(simulator: Simulator): Promise<SimulatorLedgerEntry> {
  return waitFor(() => {
    const entry = simulator.ledger().at(-1);
    return entry?.ended ? entry : undefined;
  });
}
