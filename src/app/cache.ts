import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import { toLookup, type Versions } from '../cache/lookup-key.ts';
import { findByKey } from '../cache/by-key.ts';
import { buildBackground, type Background } from '../cache/background.ts';
import { buildChecks } from '../cache/checks.ts';
import type { Embedder } from '../cache/embedders/embedder.ts';
import { openEmbedder } from '../cache/embedders/open.ts';
import { rememberEntries } from '../cache/memory.ts';
import { buildSimilarityGate } from '../cache/similarity-gate.ts';
import type { SimilarParts } from '../cache/similar.ts';
import type { Call } from '../core/call/call.ts';
import { cacheParts } from '../config/cache.ts';
import { canonicalJson } from '../core/call/canonical-json.ts';
import type { ChosenPrompt } from '../core/call/prompt.ts';
import type { LlmTool, Peek } from '../core/tool/define-tool.ts';
import type { Config } from '../config/read.ts';
import { buildJudge, judgeLater, type JudgeDeps } from './judge.ts';
import type { PipelineParts } from './pipeline.ts';
import type { CacheStore } from '../stores/ports/cache.ts';
import type { Store } from '../stores/ports/store.ts';

interface CacheDeps extends JudgeDeps {
  config: Config;
  store: Store;
  log: Logger;
  simulatedModels: readonly string[];
}

/** The parts of the pipeline that answer from what is kept, and their end. */
export function openCache(needs: CacheDeps): {
  parts: PipelineParts['cache'];
  peek: (call: Call, chosen: ChosenPrompt & { tool: LlmTool }) => Promise<Peek>;
  close: () => Promise<void>;
} {
  const { config, store, log, now } = needs;
  const settings = cacheParts(config.cache);
  const cacheStore = { ...store.cache, ...rememberEntries(store.cache, settings.memory_bytes) };
  const onError = (err: unknown): void => {
    log.warn({ err }, 'the cache was left out');
  };
  const background = buildBackground(onError);
  const embedder = openEmbedder(config.embedder, toHttpOptions(config));
  const versions = versionsFrom(needs);
  const common = { store: cacheStore, onError, now };
  const { checks, ...similar } = similarParts(needs, { ...common, embedder, background });
  const most = { entries: settings.scope_entries, bytes: settings.scope_bytes };
  const staleMs = settings.stale_hours * HOUR_MS;
  return {
    parts: {
      exact: {
        ...common,
        versions,
        check: (...hit) => {
          checks.hit(...hit);
        },
      },
      similar: { ...common, ...similar, checks },
      keep: { ...common, most, staleMs },
    },
    peek: (call, chosen) => peek({ ...common, versions }, call, chosen),
    async close() {
      await background.stop(LAST_TASKS_MS);
      await embedder?.close();
    },
  };
}

const HOUR_MS = 3_600_000;
/** Verdicts that nobody waits for may end within so much time. */
const LAST_TASKS_MS = 1_000;

interface Common {
  store: CacheStore;
  onError: (error: unknown) => void;
  now: () => number;
}

/** Finding other wordings, judging them, and learning from it. */
function similarParts(
  needs: CacheDeps,
  {
    embedder,
    background,
    ...common
  }: Common & { embedder: Embedder | null; background: Background },
): Pick<PipelineParts['cache']['similar'], 'similar' | 'judge' | 'checks'> {
  const settings = cacheParts(needs.config.cache);
  const gate = buildSimilarityGate(
    common.store,
    { maxFalseHits: settings.max_false_hits },
    common.now,
  );
  const random = Math.random;
  const similar: SimilarParts | null = embedder && {
    ...common,
    embedder,
    gate,
    random,
    withinMs: settings.embed_ms,
    fixedThreshold: settings.threshold,
    searchWithinMs: settings.search_ms,
    checkShare: settings.check_share,
    limit: Math.max(8, settings.judge_candidates),
  };
  const judge = {
    ...common,
    gate,
    judge: buildJudge(needs, settings.judge_ms),
    candidates: settings.judge_candidates,
    worth: settings.judge_worth,
  };
  const checks = buildChecks({
    store: common.store,
    gate,
    random,
    judgeLater: (call, input) => judgeLater(needs, call, input),
    inBackground: (task) => {
      background.run(task);
    },
    hitShare: settings.check_share,
  });
  return { similar, judge, checks };
}

/** Whether a cached answer would be served, without serving it. */
async function peek(
  { store, versions, now }: Common & { versions: (chosen: ChosenPrompt) => Versions },
  call: Call,
  chosen: ChosenPrompt & { tool: LlmTool },
): Promise<Peek> {
  const { tool } = chosen;
  const { cache: policy } = tool.policy;
  if (policy === 'never')
    return { wouldAnswer: false, why: `Answers of ${tool.name} are never kept.` };
  const lookup = toLookup(call, { tool, policy, versions: versions(chosen) });
  const { served, reason } = await findByKey(store, lookup, now());
  return { wouldAnswer: served !== null, why: reason };
}

export function toHttpOptions({ embedding, cache }: Config) {
  const { embed_ms: timeoutMs } = cacheParts(cache);
  if (!embedding) return undefined;
  const { url, model, shape, api_key: apiKey, dimensions, batch } = embedding;
  return {
    url,
    model,
    shape,
    ...(apiKey !== undefined && { apiKey }),
    ...(dimensions !== undefined && { dimensions }),
    ...(batch !== undefined && { batch }),
    usdPerMillionTokens: embedding.usd_per_million_tokens,
    timeoutMs,
  };
}

/** Another prompt, another text of the knowledge, another model or provider: other answers. */
function versionsFrom({ config, simulatedModels }: CacheDeps) {
  const { chains, anthropic_base_url: baseUrl = null } = config;
  const all = new Set(Object.values(chains).flat()).size;
  // All or none, as it was before they could be some: what is kept stays in use.
  const some = simulatedModels.length === 0 ? false : simulatedModels;
  const simulated = simulatedModels.length === all ? true : some;
  const models = hash('sha256', canonicalJson({ simulated, baseUrl, chains }), 'hex');
  return ({ prompt }: ChosenPrompt): Versions => ({ prompt: prompt.hash, models });
}
