import type { AttemptRecord } from '../../../core/call/call.ts';
import type { CallRow } from '../call-row.ts';
import { nothing, type Measures } from './measures.ts';

/** Columns of a ledger row to add up. */
export interface FactRow extends Pick<
  CallRow,
  | 'id'
  | 'started_at'
  | 'tool'
  | 'principal'
  | 'feature'
  | 'user'
  | 'team'
  | 'front'
  | 'prompt_id'
  | 'prompt_version'
  | 'prompt_hash'
  | 'served_by'
  | 'degraded'
  | 'input_tokens'
  | 'output_tokens'
  | 'thinking_tokens'
  | 'cache_read_tokens'
  | 'cache_write_5m_tokens'
  | 'cache_write_1h_tokens'
  | 'cost_nano_usd'
  | 'saved_nano_usd'
  | 'prompt_cache_saved_nano_usd'
  | 'finish'
  | 'error_code'
  | 'attempts'
> {
  row: number;
  /** 'none': a cache was in front and found nothing; null: there was none. */
  tier: string | null;
}

/** The columns of a {@link FactRow}. */
export const FACT_COLUMNS = `calls.rowid AS row, id, started_at, tool, principal, feature, user, team, front,
  prompt_id, prompt_version, prompt_hash, served_by, degraded, input_tokens, output_tokens,
  thinking_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cost_nano_usd,
  saved_nano_usd, prompt_cache_saved_nano_usd, finish, error_code, attempts,
  CASE WHEN cache IS NOT NULL THEN coalesce(cache ->> 'tier', 'none') END AS tier`;

/** Dimensions of calls, and those of attempts besides. */
export const CALL_DIMENSIONS = [
  'principal',
  'tool',
  'prompt',
  'feature',
  'user',
  'team',
  'served_by',
  'tier',
] as const;
export const ATTEMPT_DIMENSIONS = ['model', 'purpose'] as const;

export type Dimension = (typeof CALL_DIMENSIONS)[number] | (typeof ATTEMPT_DIMENSIONS)[number];
export type Dimensions = Record<Dimension, string | null>;
export type FactKind = 'call' | 'attempts';

/** A part of what a call adds to sums. */
export interface UsageFact {
  kind: FactKind;
  /** Milliseconds since the epoch. */
  at: number;
  dimensions: Dimensions;
  measures: Measures;
}

const HITS: ReadonlySet<string> = new Set<CallRow['served_by']>([
  'exact_cache',
  'similar_cache',
  'shared',
]);
export const isHit = (servedBy: string): boolean => HITS.has(servedBy);

/** Addends of a call as one. */
export const callFact = (row: FactRow): UsageFact => ({
  kind: 'call',
  at: row.started_at,
  dimensions: dimensionsOf(row),
  measures: {
    calls: 1,
    failed: row.finish === 'complete' ? 0 : 1,
    errors: row.error_code === null ? 0 : 1,
    degraded: row.degraded,
    hits: isHit(row.served_by) ? 1 : 0,
    attempts: 0,
    input_tokens: row.input_tokens,
    cache_read_tokens: row.cache_read_tokens,
    cache_write_5m_tokens: row.cache_write_5m_tokens,
    cache_write_1h_tokens: row.cache_write_1h_tokens,
    output_tokens: row.output_tokens,
    thinking_tokens: row.thinking_tokens,
    cost_nano_usd: row.cost_nano_usd,
    saved_nano_usd: row.saved_nano_usd,
    prompt_cache_saved_nano_usd: row.prompt_cache_saved_nano_usd,
  },
});

/**
 * Measures of a call by the models it asked: money by model is money by attempt, since a call that
 * failed on one model and was answered by another has spent on both. A call that asked none counts
 * under none.
 */
export function attemptFacts(row: FactRow): UsageFact[] {
  const attempts = JSON.parse(row.attempts) as StoredAttempt[];
  const facts = new Map<string, UsageFact>();
  const firstOf = new Map<string, UsageFact>();
  const open = (model: string | null, purpose: string | null): UsageFact => {
    const key = `${String(purpose)} ${String(model)}`;
    let fact = facts.get(key);
    if (!fact) {
      const dimensions = { ...dimensionsOf(row), model, purpose };
      fact = { kind: 'attempts', at: row.started_at, dimensions, measures: nothing() };
      facts.set(key, fact);
    }
    return fact;
  };
  for (const attempt of attempts) {
    const fact = open(attempt.model, spentFor(attempt, row));
    addAttempt(fact.measures, attempt);
    // A call counts once a model, whatever it asked the model for.
    const first = firstOf.get(attempt.model) ?? fact;
    firstOf.set(attempt.model, first);
    first.measures.calls = 1;
    if (isFailure(attempt.outcome ?? row.finish)) first.measures.failed = 1;
  }
  const [first = open(null, null)] = facts.values();
  if (attempts.length === 0) {
    first.measures.calls = 1;
    first.measures.failed = isFailure(row.finish) ? 1 : 0;
  }
  first.measures.saved_nano_usd = row.saved_nano_usd;
  return [...facts.values()];
}

/** Rows of before 002, and of before 004, know less of their attempts. */
type StoredAttempt = Pick<AttemptRecord, 'model'> & Partial<Omit<AttemptRecord, 'model'>>;

const isFailure = (outcome: string): boolean => outcome !== 'ok' && outcome !== 'complete';

/** A verdict that nobody waits for is the answer of a call of its own. */
const spentFor = ({ purpose }: StoredAttempt, { front }: FactRow): string =>
  purpose === 'answer' && front === 'internal' ? 'judge' : (purpose ?? 'answer');

function addAttempt(sum: Measures, attempt: StoredAttempt): void {
  sum.attempts += 1;
  if (attempt.errorCode) sum.errors += 1;
  sum.cost_nano_usd += attempt.costNanoUsd ?? 0;
  sum.prompt_cache_saved_nano_usd += attempt.promptCacheSavedNanoUsd ?? 0;
  const { usage } = attempt;
  if (!usage) return;
  sum.input_tokens += usage.input;
  sum.cache_read_tokens += usage.cache_read;
  sum.cache_write_5m_tokens += usage.cache_write_5m;
  sum.cache_write_1h_tokens += usage.cache_write_1h;
  sum.output_tokens += usage.output;
  sum.thinking_tokens += usage.thinking;
}

const dimensionsOf = (row: FactRow): Dimensions => ({
  principal: row.principal,
  tool: row.tool,
  prompt:
    row.prompt_id === null || row.prompt_version === null
      ? null
      : `${row.prompt_id}@${row.prompt_version}`,
  feature: row.feature,
  user: row.user,
  team: row.team,
  served_by: row.served_by,
  tier: row.tier,
  model: null,
  purpose: null,
});
