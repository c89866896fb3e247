import type { CacheLookup } from '../core/call/cache-lookup.ts';
import type { Call, Outcome } from '../core/call/call.ts';
import { totalUsage } from '../core/call/usage.ts';
import type { NewCachedAnswer } from '../stores/ports/cache.ts';

/** Why an outcome is not kept, or null: only a whole answer by the model that was wanted is. */
export function whyNotStored(outcome: Outcome, call: Call, lookup: CacheLookup): string | null {
  if (!outcome.ok) return `it ended with ${outcome.problem.code}`;
  if (call.signal.aborted) return 'the caller left';
  if (!lookup.control.mayStore) return 'the caller wishes so (no-store)';
  return whyNotWhole(call.meta);
}

function whyNotWhole(meta: Call['meta']): string | null {
  if (meta.servedBy !== 'model') return 'no model answered';
  if (meta.degraded) return 'it is degraded';
  const fitted = meta.budget?.fitted?.how ?? 'queued';
  // A caller that queued got what it asked for.
  if (fitted !== 'queued') return `it was ${fitted} to fit a budget`;
  const wasMended = meta.attempts.some(({ outcome: end }) => end === 'invalid');
  return wasMended ? 'it had to be mended' : null;
}

const HOUR_MS = 3_600_000;
/** TTL where only the same text is the same question: mostly about something that changes. */
const TIME_BOUND_MS = 5 * 60_000;
const SIMILAR_HOURS = 1;

/** Attempts for the answer itself: judging and embedding are not saved by a hit. */
const answering = (meta: Call['meta']) =>
  meta.attempts.filter(({ purpose }) => purpose === 'answer');

export function toEntry(
  output: unknown,
  { call, lookup, now, staleMs }: { call: Call; lookup: CacheLookup; now: number; staleMs: number },
): NewCachedAnswer {
  const { meta, plan } = call;
  const attempts = answering(meta);
  const { question } = lookup;
  const { exactMs, similarMs } = timesToLive(lookup);
  return {
    id: call.id,
    scope: lookup.scope,
    exactKey: lookup.exactKey,
    tool: call.toolName,
    prompt: plan ? `${plan.prompt.id}@${plan.prompt.version}` : '',
    tenant: lookup.tenant,
    model: meta.model ?? '',
    question: question?.text ?? null,
    // Meaning of a question that points at something is not in its words.
    canon: question?.kind === 'plain' ? question.canon : null,
    output: JSON.stringify(output),
    usage: totalUsage({ ...meta, attempts }),
    costNanoUsd: attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0),
    createdAt: now,
    exactUntil: now + exactMs,
    similarUntil: now + similarMs,
    staleUntil: now + exactMs + staleMs,
    tags: lookup.tags,
  };
}

function timesToLive({ policy, question }: CacheLookup): { exactMs: number; similarMs: number } {
  const exactMs = policy.ttlHours * HOUR_MS;
  if (question?.kind === 'time_bound')
    return { exactMs: Math.min(exactMs, TIME_BOUND_MS), similarMs: 0 };
  if (question === null || question.kind === 'long') return { exactMs, similarMs: 0 };
  const similarMs = (policy.similarTtlHours ?? SIMILAR_HOURS) * HOUR_MS;
  return { exactMs, similarMs: Math.min(exactMs, similarMs) };
}
