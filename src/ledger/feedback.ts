import type { WireCallMeta } from '../../schemas/wire/call.ts';
import type { Feedback } from '../../schemas/wire/feedback.ts';
import type { CacheAdmin } from '../core/services/cache-admin.ts';
import type { FeedbackService } from '../core/services/feedback.ts';
import { problem } from '../errors/problem.ts';
import { buildLedgerQueries } from './queries.ts';
import type { LedgerReader, Viewer } from '../stores/ports/store.ts';
import type { FeedbackStore, FeedbackRecord } from '../stores/ports/prompts.ts';

interface FeedbackParts {
  ledger: LedgerReader;
  feedback: Pick<FeedbackStore, 'put'>;
  complain: CacheAdmin['complain'];
  now: () => number;
}

/** A lower score says that the answer was wrong. */
const WRONG_BELOW = 0.5;

/** Feedback on answers: kept for the version of the prompt, and told to the cache. */
export const buildFeedbackService = ({
  ledger,
  feedback,
  complain,
  now,
}: FeedbackParts): FeedbackService => ({
  async give(by, callId, said) {
    const score = scoreOf(said);
    const viewer = by.isAdmin ? null : by.id;
    const call = await answered(callId, { ledger, now, viewer });
    const { id } = call;
    const prompt = promptOf(call);
    // Kept first: if the cache fails, saying it again does both.
    await feedback.put({
      call: id,
      principal: by.id,
      score,
      comment: said.comment ?? null,
      at: now(),
      prompt,
    });
    return {
      score,
      prompt: prompt && `${prompt.id}@${prompt.version}`,
      entry: score < WRONG_BELOW ? await complain(id) : null,
    };
  },
});

/** A replay has the answer of the first call, and no prompt of its own: what is said is said of that. */
async function answered(
  callId: string,
  { ledger, now, viewer }: Pick<FeedbackParts, 'ledger' | 'now'> & { viewer: Viewer },
): Promise<WireCallMeta> {
  const call = await buildLedgerQueries(ledger, now, viewer).call(callId);
  const first = call.replay_of === null ? null : await ledger.get(call.replay_of, viewer);
  return first ?? call;
}

/** The version that answered. Of an outage, or of a tool's own answer without a model, it says nothing. */
function promptOf({
  prompt,
  error_code: code,
  served_by: by,
}: WireCallMeta): FeedbackRecord['prompt'] {
  if (prompt === null || code !== null || by === 'fallback') return null;
  return { id: prompt.id, version: prompt.version };
}

function scoreOf({ rating, score }: Feedback): number {
  if (rating !== undefined) return rating === 'up' ? 1 : 0;
  if (score !== undefined) return score;
  throw problem('invalid_input', {
    detail: 'Feedback needs a `score` from 0 to 1, or a `rating`: up or down.',
    errors: [{ pointer: '/score', code: 'missing', detail: 'Neither it nor `rating` is given' }],
  });
}
