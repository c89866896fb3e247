import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import type { JudgeInput, JudgeOutput } from '../schemas/judge.ts';
import { judgeSameAnswer } from '../tools/judge-same-answer.ts';
import { toAsk, type Versions } from './cache/ask.ts';
import { findByKey } from './cache/by-key.ts';
import { buildBackground } from './cache/background.ts';
import { buildChecks } from './cache/checks.ts';
import { openEmbedder } from './cache/embedders/open.ts';
import type { Judge, Verdict } from './cache/judge.ts';
import { rememberEntries } from './cache/memory.ts';
import { buildServing } from './cache/serving.ts';
import type { SimilarParts } from './cache/similar.ts';
import type { Call, CallMeta, CallRequest, Ended } from './call/call.ts';
import { cacheParts } from './cache-settings.ts';
import { canonicalJson } from './call/canonical-json.ts';
import type { SchemaChecks } from './call/schema-check.ts';
import type { LlmTool, Peek, Planner } from './call/tool.ts';
import type { Config } from './config.ts';
import { askChain } from './model/chain.ts';
import { readReply } from './model/read-reply.ts';
import type { ModelParts } from './model/try-model.ts';
import type { PipelineParts } from './pipeline.ts';
import type { Prompts } from './prompts/load.ts';
import type { Store } from './stores/ports.ts';

interface CacheNeeds {
  config: Config;
  store: Store;
  log: Logger;
  prompts: () => Promise<Prompts>;
  plan: Planner;
  model: ModelParts;
  checks: SchemaChecks;
  simulated: boolean;
  now: () => number;
  /** Sends a call of tollgate's own down the road. */
  invoke: (request: CallRequest) => Promise<Ended>;
}

/** The parts of the pipeline that answer from what is kept, and their end. */
export function openCache(needs: CacheNeeds): {
  parts: PipelineParts['cache'];
  peek: (call: Call, tool: LlmTool) => Promise<Peek>;
  close: () => Promise<void>;
} {
  const { config, store, log, now } = needs;
  const settings = cacheParts(config.cache);
  const book = { ...store.cache, ...rememberEntries(store.cache, settings.memory_bytes) };
  const onError = (err: unknown): void => {
    log.warn({ err }, 'the cache was left out');
  };
  const serving = buildServing(book, { maxFalseHits: settings.max_false_hits }, now);
  const background = buildBackground(onError);
  const embedder = openEmbedder(config.embedder, toHttpOptions(config));
  const versions = versionsFrom(needs);
  const random = Math.random;
  const checks = buildChecks({
    ...{ book, serving, random },
    judgeLater: (call, input) => judgeLater(needs, call, input),
    inBackground: (task) => {
      background.run(task);
    },
    hitShare: settings.check_share,
  });
  const similar: SimilarParts | null = embedder && {
    ...{ book, embedder, serving, random, onError, now },
    withinMs: settings.embed_ms,
    fixedThreshold: settings.threshold,
    searchWithinMs: settings.search_ms,
    checkShare: settings.check_share,
    limit: Math.max(8, settings.judge_candidates),
  };
  const judge = {
    ...{ book, serving, onError, now },
    judge: buildJudge(needs, settings.judge_ms),
    candidates: settings.judge_candidates,
    worth: settings.judge_worth,
  };
  const most = { entries: settings.scope_entries, bytes: settings.scope_bytes };
  const staleMs = settings.stale_hours * 3_600_000;
  return {
    parts: {
      exact: {
        ...{ book, onError, now },
        versions,
        check: (...hit) => {
          checks.hit(...hit);
        },
      },
      similar: { ...{ similar, judge, checks, book, onError, now } },
      keep: { ...{ book, most, staleMs, onError, now } },
    },
    async peek(call, tool) {
      const { cache: policy } = tool.policy;
      if (policy === 'never')
        return { wouldAnswer: false, why: `Answers of ${tool.name} are never kept.` };
      const ask = toAsk(call, { tool, policy, versions: await versions(tool) });
      const { served, reason } = await findByKey(book, ask, now());
      return { wouldAnswer: served !== null, why: reason };
    },
    async close() {
      await background.stop(1_000);
      await embedder?.close();
    },
  };
}

export function toHttpOptions({ embedding, cache }: Config) {
  const { embed_ms: timeoutMs } = cacheParts(cache);
  if (!embedding) return undefined;
  const { url, model, shape, api_key: apiKey, dimensions, batch } = embedding;
  return {
    ...{ url, model, shape },
    ...(apiKey !== undefined && { apiKey }),
    ...(dimensions !== undefined && { dimensions }),
    ...(batch !== undefined && { batch }),
    usdPerMillionTokens: embedding.usd_per_million_tokens,
    timeoutMs,
  };
}

/** Another prompt, another text of the knowledge, another model or provider: other answers. */
function versionsFrom({ prompts, config, simulated }: CacheNeeds) {
  const { chains, anthropic_base_url: baseUrl = null } = config;
  const models = hash('sha256', canonicalJson({ simulated, baseUrl, chains }), 'hex');
  return async (tool: LlmTool): Promise<Versions> => ({
    prompt: (await prompts()).get(tool.prompt).fingerprint,
    models,
  });
}

/** A verdict as a part of the call: same hold, same row. */
const buildJudge = ({ plan, model, checks, now }: CacheNeeds, withinMs: number): Judge => ({
  async price(_call, input) {
    return (await plan(judgeSameAnswer, { ...input })).estimate().expectedNanoUsd;
  },
  async ask(call, input) {
    const planned = await plan(judgeSameAnswer, { ...input });
    const [first = ''] = planned.models;
    const meta: Pick<CallMeta, 'attempts' | 'model' | 'degraded' | 'route'> = {
      ...{ model: null, degraded: false, route: null },
      attempts: call.meta.attempts,
    };
    const check = checks.compile(planned.replySchema);
    const output = await askChain(model, {
      // The judge is worth its price only where it is cheap: no other model, and no second try.
      plan: planned.narrow({ models: [first] }),
      meta,
      purpose: 'judge',
      principal: call.principal.id,
      hold: call.hold ?? null,
      timeLimits: planned.timeLimits,
      endBy: Math.min(call.deadlineAt ?? Infinity, now() + withinMs),
      signal: AbortSignal.any([call.signal, AbortSignal.timeout(withinMs)]),
      onQueue: () => undefined,
      onAttempt: () => undefined,
      onText: () => undefined,
      read: (reply) => readReply(reply, check),
    });
    return toVerdict(output, meta.model);
  },
});

const toVerdict = (output: unknown, model: string | null): Verdict => ({
  ...(output as JudgeOutput),
  judge: model ?? '',
});

/** A verdict that nobody waits for is a call of its own, on behalf of the same principal. */
async function judgeLater(
  { invoke }: CacheNeeds,
  { principal, labels }: Call,
  input: JudgeInput,
): Promise<Verdict | null> {
  const ended = await invoke({
    toolName: judgeSameAnswer.name,
    input,
    principal: { ...principal, tools: null, models: null },
    labels,
    idempotencyKey: null,
    cacheControl: null,
    front: 'internal',
    signal: new AbortController().signal,
    emit: () => undefined,
  });
  return ended.ok ? toVerdict(ended.output, ended.call.meta.model) : null;
}
