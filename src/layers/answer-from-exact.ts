import { toLookup, type Versions } from '../cache/lookup-key.ts';
import { noteUse } from '../cache/note-use.ts';
import { findByKey, type ByKey } from '../cache/by-key.ts';
import { noVerdict, serveEntry, type ServedEntry } from '../cache/serve-entry.ts';
import type { CacheLookup, StaleAnswer } from '../core/call/cache-lookup.ts';
import type { Call, Layer } from '../core/call/call.ts';
import type { ChosenPrompt } from '../core/call/prompt.ts';
import { readCacheControl } from '../core/call/cache-control.ts';
import { problem } from '../errors/problem.ts';
import type { CacheStore, CachedAnswer } from '../stores/ports/cache.ts';

export interface ExactParts {
  store: Pick<CacheStore, 'find' | 'used'>;
  /** Versions that answers depend on besides the call. */
  versions: (chosen: ChosenPrompt) => Versions;
  /** Sometimes a hit by another wording is checked afterwards. */
  check: (call: Call, lookup: CacheLookup, served: ServedEntry) => void;
  /** Hears of a store that does not answer; the call goes on without it. */
  onError: (error: unknown) => void;
  now: () => number;
}

/** The same question as before, by key: costs nothing, so it needs no budget and no model. */
export function buildAnswerFromExact(parts: ExactParts): Layer {
  return async function answerFromExact(call, next) {
    const { chosen, meta } = call;
    if (!chosen) return next(call);
    const { tool } = chosen;
    const { cache: policy } = tool.policy;
    if (policy === 'never') return next(checkNever(call));
    const lookup = toLookup(call, { tool, policy, versions: parts.versions(chosen) });
    const byKey = await lookUp(parts, lookup);
    const { served, stale, reason } = byKey;
    meta.cache = noVerdict(reason);
    if (served) {
      parts.check(call, lookup, served);
      noteUse(parts, { call, lookup, served });
      return serveEntry(call, { tool, served, now: parts.now() });
    }
    if (lookup.control.onlyIfCached) throw notCached(reason);
    return next({
      ...call,
      cacheLookup: lookup,
      ...(stale && { stale: toStale(stale, parts.now()) }),
    });
  };
}

async function lookUp({ store, now, onError }: ExactParts, lookup: CacheLookup): Promise<ByKey> {
  const none = { served: null, stale: null };
  if (!lookup.control.mayRead) return { ...none, reason: 'The caller wishes a new answer.' };
  try {
    return await findByKey(store, lookup, now());
  } catch (error) {
    onError(error);
    return { ...none, reason: 'The cache could not be read.' };
  }
}

/** A tool whose answers are never kept cannot answer from them. */
function checkNever(call: Call): Call {
  const { options = {} } = call.input as { options?: { cache?: string } };
  if (!readCacheControl(call.cacheControl, options.cache).onlyIfCached) return call;
  throw notCached(`Answers of ${call.toolName} are never kept.`);
}

const notCached = (reason: string): Error =>
  problem('not_cached', { detail: `Only a kept answer would do, and there is none. ${reason}` });

const toStale = (entry: CachedAnswer, now: number): StaleAnswer => ({
  entry: entry.id,
  output: JSON.parse(entry.output),
  ageMs: now - entry.createdAt,
});
