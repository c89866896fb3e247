import type { Call } from '../../../src/core/call/call.ts';
import type { PromptUse } from '../../../src/core/call/prompt.ts';
import type { CacheUse, Grouping, Sums, Viewer } from '../../../src/stores/ports/store.ts';

/** What the ledger must answer, read off its calls one by one. */

interface Window {
  from: number;
  to: number;
}

const within = (calls: readonly Call[], { from, to }: Window, viewer: Viewer): Call[] =>
  calls.filter(
    ({ meta, principal }) =>
      meta.startedAt >= from && meta.startedAt < to && (viewer === null || principal.id === viewer),
  );

const add = (parts: readonly number[]): number => parts.reduce((sum, part) => sum + part, 0);

type Attempts = Call['meta']['attempts'];

const tokensOf = (
  attempts: Attempts,
): Pick<Sums, 'input_tokens' | 'output_tokens'> &
  Pick<Sums, 'thinking_tokens' | 'cache_read_tokens'> => ({
  input_tokens: add(
    attempts.map(({ usage: u }) => u.input + u.cache_read + u.cache_write_5m + u.cache_write_1h),
  ),
  output_tokens: add(attempts.map(({ usage }) => usage.output)),
  thinking_tokens: add(attempts.map(({ usage }) => usage.thinking)),
  cache_read_tokens: add(attempts.map(({ usage }) => usage.cache_read)),
});

const usd = (nano: number): number => nano / 1e9;

const KEYS: Record<Exclude<Grouping, 'model'>, (call: Call) => string | null> = {
  all: () => 'all',
  tool: ({ toolName }) => toolName,
  principal: ({ principal }) => principal.id,
  prompt: ({ meta }) => meta.prompt && `${meta.prompt.id}@${meta.prompt.version}`,
  day: ({ meta }) => new Date(meta.startedAt).toISOString().slice(0, 10),
  feature: ({ labels }) => labels.feature,
  user: ({ labels }) => labels.user,
  team: ({ labels }) => labels.team,
};

const sumOf = (key: string | null, calls: readonly Call[]): Sums => ({
  key,
  calls: calls.length,
  failed: calls.filter(({ meta }) => meta.finish !== 'complete').length,
  ...tokensOf(calls.flatMap(({ meta }) => meta.attempts)),
  cost_usd: usd(add(calls.flatMap(({ meta }) => meta.attempts).map((a) => a.costNanoUsd))),
  saved_usd: usd(add(calls.map(({ meta }) => meta.savedNanoUsd))),
  prompt_cache_saved_usd: usd(
    add(calls.flatMap(({ meta }) => meta.attempts).map((a) => a.promptCacheSavedNanoUsd)),
  ),
});

/** Of a model: calls that asked it, failed on it, and what the attempts on it took. */
function sumOfModel(model: string | null, calls: readonly Call[]): Sums {
  const on = ({ meta }: Call): Attempts => meta.attempts.filter((a) => a.model === model);
  const own = calls.filter((call) =>
    model === null ? call.meta.attempts.length === 0 : on(call).length > 0,
  );
  const attempts = own.flatMap(on);
  const hasFailed = (call: Call): boolean =>
    model === null
      ? call.meta.finish !== 'complete'
      : on(call).some(({ outcome }) => outcome !== 'ok');
  return {
    key: model,
    calls: own.length,
    failed: own.filter(hasFailed).length,
    ...tokensOf(attempts),
    cost_usd: usd(add(attempts.map(({ costNanoUsd }) => costNanoUsd))),
    saved_usd: usd(
      add(
        own
          .filter(({ meta }) => model === null || meta.attempts[0]?.model === model)
          .map(({ meta }) => meta.savedNanoUsd),
      ),
    ),
    prompt_cache_saved_usd: usd(add(attempts.map((a) => a.promptCacheSavedNanoUsd))),
  };
}

export function modelSum(
  all: readonly Call[],
  { groupBy, ...window }: Window & { groupBy: Grouping },
  viewer: Viewer,
): Set<Sums> {
  const calls = within(all, window, viewer);
  if (groupBy === 'model') {
    const models = new Set(
      calls.flatMap(({ meta }): (string | null)[] =>
        meta.attempts.length === 0 ? [null] : meta.attempts.map(({ model }) => model),
      ),
    );
    return new Set([...models].map((model) => sumOfModel(model, calls)));
  }
  const keyOf = KEYS[groupBy];
  const keys = new Set(calls.map((call) => keyOf(call)));
  return new Set(
    [...keys].map((key) =>
      sumOf(
        key,
        calls.filter((call) => keyOf(call) === key),
      ),
    ),
  );
}

export function modelCacheUse(
  all: readonly Call[],
  window: Window,
  viewer: Viewer,
): Omit<CacheUse, 'tiers'> & { tiers: Set<CacheUse['tiers'][number]> } {
  const calls = within(all, window, viewer);
  const asked = calls.flatMap(({ meta }) => (meta.cache ? [{ ...meta, cache: meta.cache }] : []));
  const tiers = [...new Set(asked.map(({ cache }) => cache.tier))].map((tier) => {
    const own = asked.filter(({ cache }) => cache.tier === tier);
    return { tier, calls: own.length, savedNanoUsd: add(own.map((meta) => meta.savedNanoUsd)) };
  });
  const attempts = calls.flatMap(({ front, meta }) =>
    meta.attempts.map((attempt) => ({ ...attempt, front })),
  );
  const spentOn = (found: typeof attempts): CacheUse['judge'] => ({
    attempts: found.length,
    costNanoUsd: add(found.map(({ costNanoUsd }) => costNanoUsd)),
  });
  return {
    tiers: new Set(tiers),
    judge: spentOn(
      attempts.filter(
        ({ purpose, front }) =>
          purpose === 'judge' || (purpose === 'answer' && front === 'internal'),
      ),
    ),
    embed: spentOn(attempts.filter(({ purpose }) => purpose === 'embed')),
  };
}

export function modelPromptUse(all: readonly Call[], id: string): Set<PromptUse> {
  const calls = all.flatMap(({ meta }) =>
    meta.prompt?.id === id ? [{ ...meta, prompt: meta.prompt }] : [],
  );
  const names = new Set(calls.map(({ prompt }) => `${prompt.version} ${String(prompt.hash)}`));
  return new Set(
    [...names].map((name) => {
      const own = calls.filter(({ prompt }) => `${prompt.version} ${String(prompt.hash)}` === name);
      const starts = own.map(({ startedAt }) => startedAt);
      return {
        version: own[0]?.prompt.version ?? '',
        hash: own[0]?.prompt.hash ?? null,
        calls: own.length,
        cached: own.filter(({ servedBy }) => /cache|shared/.test(servedBy)).length,
        failed: own.filter(({ errorCode }) => errorCode !== null).length,
        costNanoUsd: add(own.flatMap(({ attempts }) => attempts).map((a) => a.costNanoUsd)),
        firstAt: Math.min(...starts),
        lastAt: Math.max(...starts),
      };
    }),
  );
}

/** Ids, newest first. */
export const modelList = (
  all: readonly Call[],
  query: { tool?: string; finish?: string; before?: string; limit: number },
  viewer: Viewer,
): string[] =>
  all
    .filter(({ principal }) => viewer === null || principal.id === viewer)
    .filter(({ toolName }) => query.tool === undefined || toolName === query.tool)
    .filter(({ meta }) => query.finish === undefined || meta.finish === query.finish)
    .map(({ id }) => id)
    .filter((id) => query.before === undefined || id < query.before)
    .sort()
    .reverse()
    .slice(0, query.limit);
