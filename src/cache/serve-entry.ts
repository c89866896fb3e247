import type { CacheLookup, CacheDecision, Tier } from '../core/call/cache-lookup.ts';
import type { Call, CallMeta, Outcome } from '../core/call/call.ts';
import { emitStreamedField, streamedText } from '../core/call/streamed-field.ts';
import type { LlmTool } from '../core/tool/define-tool.ts';
import type { CachedAnswer } from '../stores/ports/cache.ts';

/** A cached answer, and what recognised the question as one of its. */
export interface ServedEntry {
  entry: CachedAnswer;
  tier: Exclude<Tier, 'shared'>;
  /** Cosine, if it was found by similarity. */
  similarity: number | null;
  reason: string;
}

/** Decision of the cache when nothing is found. */
export const noVerdict = (reason: string): CacheDecision => ({
  tier: null,
  entry: null,
  ageMs: null,
  stored: false,
  reason,
});

/** Whether other wordings than the very same text may be looked for. */
export function mayVary({ question, control }: CacheLookup): boolean {
  if (control.exactOnly || (question?.canon ?? null) === null) return false;
  return question?.kind === 'plain' || question?.kind === 'pointing';
}

/** Whether an entry is young enough for the caller. */
export const isYoungEnough = (
  entry: CachedAnswer,
  { control }: CacheLookup,
  now: number,
): boolean => now - entry.createdAt <= control.maxAgeMs;

/** Answers the call from what is kept: as JSON or as a stream, whatever the answer was made as. */
export async function serveEntry(
  call: Call,
  { tool, served, now }: { tool: LlmTool; served: ServedEntry; now: number },
): Promise<Outcome> {
  const { entry } = served;
  note(call.meta, served, now);
  const data = { id: call.id, tool: tool.name, prompt: entry.prompt, budget: call.meta.budget };
  await call.emit({ event: 'call', data: { ...data, cache: served.tier } });
  const output = JSON.parse(entry.output) as Record<string, unknown>;
  if (streamedText(tool, output) !== null)
    call.meta.ttftMs ??= Math.max(0, now - call.meta.startedAt);
  await emitStreamedField(call, { tool, output }, inPieces);
  return { ok: true, output };
}

function note(meta: CallMeta, { entry, tier, similarity, reason }: ServedEntry, now: number): void {
  const [id = '', version = ''] = entry.prompt.split('@');
  meta.servedBy = tier === 'exact' || tier === 'canonical' ? 'exact_cache' : 'similar_cache';
  meta.cache = { tier, entry: entry.id, ageMs: now - entry.createdAt, stored: false, reason };
  meta.prompt ??= { id, version, variant: null, hash: null };
  meta.model = entry.model;
  meta.similarity = similarity;
  meta.savedNanoUsd = entry.costNanoUsd;
}

/** About what a model sends at a time; a client that shows pieces as they come looks as it always does. */
const PIECE = /.{1,24}(?:\s|$)|\S{1,48}/gsu;

const inPieces = (text: string): string[] => [...text.matchAll(PIECE)].map(([piece]) => piece);
