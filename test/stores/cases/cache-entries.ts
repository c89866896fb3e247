import { NO_USAGE } from '../../../src/core/call/usage.ts';
import type { Alias, NewCachedAnswer, Use } from '../../../src/stores/ports/cache.ts';

export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const MOST = { entries: 1_000, bytes: 1e9 };
export const SCOPE = 'scope-a';
export const INDEX = 'lexical-v1';

/** An answer with a question and a wording of its own, good for an hour. */
export const entry = (id: string, over: Partial<NewCachedAnswer> = {}): NewCachedAnswer => ({
  id,
  scope: SCOPE,
  exactKey: `key of ${id}`,
  tool: 'answer_question',
  prompt: 'faq@v1',
  tenant: null,
  model: 'm',
  question: `What is ${id}?`,
  canon: `canon of ${id}`,
  output: `{"answer":"${id}"}`,
  usage: { ...NO_USAGE, input: 10 },
  costNanoUsd: 500,
  createdAt: NOW,
  exactUntil: NOW + DAY,
  similarUntil: NOW + HOUR,
  staleUntil: NOW + 2 * DAY,
  tags: [],
  ...over,
});

export const wording = (canon: string, to: string, over: Partial<Alias> = {}): Alias => ({
  scope: SCOPE,
  canon,
  entry: to,
  text: `text of ${canon}`,
  source: 'judge' as const,
  ...over,
});

export const use = (call: string, of: string, over: Partial<Use> = {}): Use => ({
  call,
  entry: of,
  at: NOW + 1_000,
  savedNanoUsd: 500,
  asked: null,
  ...over,
});

/** A unit vector in the plane of the first two of eight dimensions, at that angle in degrees. */
export function vector(degrees: number): Float32Array {
  const values = new Float32Array(8);
  values[0] = Math.cos((degrees * Math.PI) / 180);
  values[1] = Math.sin((degrees * Math.PI) / 180);
  return values;
}

export const near = (
  degrees: number,
  over: { scope?: string; index?: string; canon?: string; limit?: number; now?: number } = {},
) => ({
  scope: SCOPE,
  index: INDEX,
  vector: vector(degrees),
  canon: 'asked',
  limit: 8,
  now: NOW,
  withinMs: 5_000,
  ...over,
});
