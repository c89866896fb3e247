import { openCall } from '../../core/call/open-call.ts';
import { LOCAL } from '../../core/call/principal.ts';
import type { CachePolicy, LlmTool } from '../../core/tool/define-tool.ts';
import { toEntry } from '../admission.ts';
import { toLookup } from '../lookup-key.ts';
import { answerOf } from '../judge.ts';
import type { ServedEntry } from '../serve-entry.ts';
import type { LabelledQuestion } from './questions.ts';
import { openTiers, type LookupInput, type TierParts } from './tiers.ts';

/** A question that an answer to an earlier one answered. */
export interface ReplayedHit {
  /** Its index in the stream, from 0. */
  index: number;
  tier: ServedEntry['tier'];
  similarity: number | null;
  asked: LabelledQuestion;
  kept: LabelledQuestion;
  reason: string;
}

export interface Replayed {
  questions: number;
  hits: ReplayedHit[];
  /** Number of verdicts asked for: for hits, and for evidence. */
  judged: { inline: number; checks: number };
}

interface TrafficReplayParts extends TierParts {
  /** Tool of the questions: it streams its answer, and has a compared field. */
  tool: LlmTool;
}

const START = Date.UTC(2026, 0, 1);
const NO_LIMIT = { entries: 1_000_000, bytes: 2 ** 40 };

/**
 * Ask one question after the other, as callers would: each is served from what the earlier ones left,
 * or becomes an entry of its own. The answer of an entry is its label, so as far as labels are right,
 * a hit is right when both labels are the same. The clock hardly moves: nothing gets past its time.
 * @throws Error when the tool's answers are never kept, or no field of its input is compared
 */
export async function replay(
  stream: readonly LabelledQuestion[],
  { tool, ...parts }: TrafficReplayParts,
): Promise<Replayed> {
  const speech = speakAs(tool, parts.judge);
  let now = START;
  const tiers = openTiers(parts, () => now);
  const hits: ReplayedHit[] = [];
  for (const [index, asked] of stream.entries()) {
    now = START + index;
    tiers.oracle.label = asked.label;
    const looked = await tiers.find(speech.toLookupInput(asked.text, `question_${String(index)}`));
    if (looked.served) hits.push(toHit(looked.served, { asked, index, tool }));
    else {
      const { call, lookup } = looked;
      const entry = toEntry(speech.toOutput(asked.label), { call, lookup, now, staleMs: 0 });
      await parts.store.keep(entry, NO_LIMIT);
      await tiers.learn(looked, asked.label);
    }
  }
  return { questions: stream.length, hits, judged: tiers.oracle.asked };
}

interface Speech {
  toLookupInput(text: string, id: string): LookupInput;
  toOutput(label: string): Record<string, string>;
}

function speakAs(tool: LlmTool, judge: TrafficReplayParts['judge']): Speech {
  const { cache } = tool.policy;
  const { streams } = tool;
  const field = cache === 'never' ? null : cache.compare;
  if (cache === 'never' || field === null || streams === undefined)
    throw new Error(`${tool.name}: no field of its input is compared, or its answer is no text`);
  const policy: CachePolicy = { ...cache, judge: judge === 'off' ? 'off' : 'inline' };
  const call = openCall(
    {
      toolName: tool.name,
      input: {},
      principal: LOCAL,
      front: 'internal',
      labels: LOCAL.labels,
      idempotencyKey: null,
      cacheControl: null,
      signal: new AbortController().signal,
      emit: () => undefined,
    },
    { id: '', startedAt: START, simulated: true },
  );
  return {
    toLookupInput(text, id) {
      const own = { ...call, id, input: { [field]: text }, tool };
      const versions = { prompt: '', models: '' };
      return { call: own, lookup: toLookup(own, { tool, policy, versions }), tool };
    },
    toOutput: (label) => ({ [streams]: label }),
  };
}

function toHit(
  { tier, similarity, reason, entry }: ServedEntry,
  { asked, index, tool }: Pick<ReplayedHit, 'asked' | 'index'> & { tool: LlmTool },
): ReplayedHit {
  const kept = { text: entry.question ?? '', label: answerOf(entry, tool) };
  return { index, tier, similarity, asked, kept, reason };
}
