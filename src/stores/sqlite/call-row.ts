import type { CallBudget, Usage, WireCache, WireCallMeta } from '../../../schemas/wire/call.ts';
import type { AttemptRecord, Call, CallMeta } from '../../core/call/call.ts';
import {
  totalCostNanoUsd,
  totalPromptCacheSavedNanoUsd,
  totalUsage,
} from '../../core/call/usage.ts';
import { toUsd, toWireAttempt, toWireCache } from '../../core/call/wire.ts';

/** A row of `calls`, column by column. */
export interface CallRow {
  id: string;
  started_at: number;
  tool: string;
  principal: string;
  feature: string | null;
  user: string | null;
  team: string | null;
  front: WireCallMeta['front'];
  prompt_id: string | null;
  prompt_version: string | null;
  prompt_variant: string | null;
  prompt_hash: string | null;
  model: string | null;
  chain: string | null;
  route_reason: string | null;
  served_by: WireCallMeta['served_by'];
  degraded: 0 | 1;
  similarity: number | null;
  input_tokens: number;
  output_tokens: number;
  thinking_tokens: number;
  cache_read_tokens: number;
  cache_write_5m_tokens: number;
  cache_write_1h_tokens: number;
  usage_source: Usage['source'];
  cost_nano_usd: number;
  saved_nano_usd: number;
  prompt_cache_saved_nano_usd: number;
  ttft_ms: number | null;
  latency_ms: number;
  finish: WireCallMeta['finish'];
  error_code: string | null;
  simulated: 0 | 1;
  /** AttemptRecord[] as JSON. */
  attempts: string;
  replay_of: string | null;
  /** CallBudget as JSON. */
  budget: string | null;
  /** The wire's `cache` as JSON. */
  cache: string | null;
}

const COLUMNS = [
  'id',
  'started_at',
  'tool',
  'principal',
  'feature',
  'user',
  'team',
  'front',
  'prompt_id',
  'prompt_version',
  'prompt_variant',
  'prompt_hash',
  'model',
  'chain',
  'route_reason',
  'served_by',
  'degraded',
  'similarity',
  'input_tokens',
  'output_tokens',
  'thinking_tokens',
  'cache_read_tokens',
  'cache_write_5m_tokens',
  'cache_write_1h_tokens',
  'usage_source',
  'cost_nano_usd',
  'saved_nano_usd',
  'prompt_cache_saved_nano_usd',
  'ttft_ms',
  'latency_ms',
  'finish',
  'error_code',
  'simulated',
  'attempts',
  'replay_of',
  'budget',
  'cache',
] as const satisfies readonly (keyof CallRow)[];

/** SQL with the columns of a {@link CallRow} as parameters. */
export const insertSql = (otherwise: 'REPLACE' | 'IGNORE'): string =>
  `INSERT OR ${otherwise} INTO calls (${COLUMNS.join(', ')})
   VALUES (${COLUMNS.map((column) => `@${column}`).join(', ')})`;

export function toRow(call: Call): CallRow {
  const { meta } = call;
  const usage = totalUsage(meta);
  return {
    id: call.id,
    started_at: meta.startedAt,
    tool: call.toolName,
    principal: call.principal.id,
    feature: call.labels.feature,
    user: call.labels.user,
    team: call.labels.team,
    front: call.front,
    ...promptColumns(meta),
    model: meta.model,
    ...routeColumns(meta),
    served_by: meta.servedBy,
    degraded: meta.degraded ? 1 : 0,
    similarity: meta.similarity,
    input_tokens: usage.input,
    output_tokens: usage.output,
    thinking_tokens: usage.thinking,
    cache_read_tokens: usage.cache_read,
    cache_write_5m_tokens: usage.cache_write_5m,
    cache_write_1h_tokens: usage.cache_write_1h,
    usage_source: usage.source,
    cost_nano_usd: totalCostNanoUsd(meta),
    saved_nano_usd: meta.savedNanoUsd,
    prompt_cache_saved_nano_usd: totalPromptCacheSavedNanoUsd(meta),
    ttft_ms: meta.ttftMs,
    latency_ms: meta.latencyMs,
    finish: meta.finish,
    error_code: meta.errorCode,
    simulated: meta.simulated ? 1 : 0,
    attempts: JSON.stringify(meta.attempts),
    replay_of: meta.replayOf,
    budget: meta.budget && JSON.stringify(meta.budget),
    cache: meta.cache && JSON.stringify(toWireCache(meta.cache)),
  };
}

const promptColumns = ({ prompt }: CallMeta) => ({
  prompt_id: prompt?.id ?? null,
  prompt_version: prompt?.version ?? null,
  prompt_variant: prompt?.variant ?? null,
  prompt_hash: prompt?.hash ?? null,
});

const routeColumns = ({ route }: CallMeta) => ({
  chain: route?.chain ?? null,
  route_reason: route?.reason ?? null,
});

/** Older rows know less of their attempts. */
const UNKNOWN = {
  purpose: 'answer',
  reason: '',
  reached: 'answered',
  promptCacheSavedNanoUsd: 0,
  answeredBy: null,
  doubts: [],
  estimate: null,
};

/** The column `attempts`. */
export const toAttempts = (json: string): AttemptRecord[] =>
  (JSON.parse(json) as AttemptRecord[]).map((attempt) => ({ ...UNKNOWN, ...attempt }));

/** Rows of before 007 know of no limit that may be passed. */
const BEFORE_007 = { may_pass: 0 };

function toBudget(json: string): CallBudget {
  const { fitted, limits } = JSON.parse(json) as CallBudget;
  return { fitted, limits: limits.map((limit) => ({ ...BEFORE_007, ...limit })) };
}

export const fromRow = (row: CallRow): WireCallMeta => ({
  id: row.id,
  tool: row.tool,
  principal: row.principal,
  labels: { feature: row.feature, user: row.user, team: row.team },
  front: row.front,
  prompt:
    row.prompt_id === null || row.prompt_version === null
      ? null
      : {
          id: row.prompt_id,
          version: row.prompt_version,
          variant: row.prompt_variant,
          hash: row.prompt_hash,
        },
  model: row.model,
  route: row.chain === null ? null : { chain: row.chain, reason: row.route_reason ?? '' },
  served_by: row.served_by,
  replay_of: row.replay_of,
  degraded: row.degraded === 1,
  similarity: row.similarity,
  cache: row.cache === null ? null : (JSON.parse(row.cache) as WireCache),
  usage: {
    input: row.input_tokens,
    output: row.output_tokens,
    thinking: row.thinking_tokens,
    cache_read: row.cache_read_tokens,
    cache_write_5m: row.cache_write_5m_tokens,
    cache_write_1h: row.cache_write_1h_tokens,
    source: row.usage_source,
  },
  cost_usd: toUsd(row.cost_nano_usd),
  saved_usd: toUsd(row.saved_nano_usd),
  prompt_cache_saved_usd: toUsd(row.prompt_cache_saved_nano_usd),
  budget: row.budget === null ? null : toBudget(row.budget),
  ttft_ms: row.ttft_ms,
  latency_ms: row.latency_ms,
  attempts: toAttempts(row.attempts).map(toWireAttempt),
  finish: row.finish,
  error_code: row.error_code,
  simulated: row.simulated === 1,
  started_at: new Date(row.started_at).toISOString(),
});
