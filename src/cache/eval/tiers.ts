import type { CacheLookup } from '../../core/call/cache-lookup.ts';
import type { Call } from '../../core/call/call.ts';
import type { LlmTool } from '../../core/tool/define-tool.ts';
import type { CacheStore } from '../../stores/ports/cache.ts';
import { findByKey } from '../by-key.ts';
import { buildChecks, type Checks } from '../checks.ts';
import type { Embedder } from '../embedders/embedder.ts';
import type { ServingRule } from '../evidence/review.ts';
import { judgeInline, type JudgeParts, type Odds, type JudgeVerdict } from '../judge.ts';
import { mayVary, type ServedEntry } from '../serve-entry.ts';
import { buildSimilarityGate, type SimilarityGate } from '../similarity-gate.ts';
import { findSimilar, nothingSimilar, type SimilarEntries, type SimilarParts } from '../similar.ts';
import type { JudgeInput } from '../../../schemas/tools/judge-same-answer.ts';

/** Parts of the tiers of a replay. */
export interface TierParts {
  /** Empty, and of no use to anybody else. */
  store: CacheStore;
  /** Null: nothing is found by similarity. */
  embedder: Embedder | null;
  /** `oracle`: a judge that knows the labels. `off`: nobody is asked. */
  judge: 'off' | 'oracle';
  rule: ServingRule;
  /** A fixed threshold instead of evidence. */
  threshold: number | null;
  /** Most that a judge is shown. */
  candidates: number;
  /** Share of hits by another wording that are checked. */
  checkShare: number;
  random: () => number;
}

/** A call that looks for a cached answer. */
export interface LookupInput {
  call: Call;
  lookup: CacheLookup;
  tool: LlmTool;
}

/** Its result. */
interface TierLookup extends LookupInput {
  similarEntries: SimilarEntries;
  served: ServedEntry | null;
}

/** The tiers that serve callers, in their order. */
interface Tiers {
  oracle: Oracle;
  find(asking: LookupInput): Promise<TierLookup>;
  /** After a miss whose answer was kept. */
  learn(missed: TierLookup, answer: string): Promise<void>;
}

export function openTiers(given: TierParts, now: () => number): Tiers {
  const { store, embedder } = given;
  const oracle = buildOracle();
  const gate = buildSimilarityGate(store, given.rule, now);
  const parts: TierReplayParts = { ...given, oracle, gate, now, onError: fail };
  const check = openChecks(parts);
  const similar = toSimilar(parts);
  const judge = toJudge(parts);
  const odds: Odds = new Map();
  const index = embedder?.index ?? null;
  const around = async (asking: LookupInput): Promise<Omit<TierLookup, keyof LookupInput>> => {
    if (!mayVary(asking.lookup)) return { similarEntries: nothingSimilar(''), served: null };
    const { call, lookup } = asking;
    const similarEntries = similar ? await findSimilar(similar, call, lookup) : nothingSimilar('');
    if (similarEntries.served || given.judge === 'off')
      return { similarEntries, served: similarEntries.served };
    return {
      similarEntries,
      served: await judgeInline(judge, odds, { ...asking, similarEntries, index }),
    };
  };
  return {
    oracle,
    async find(asking) {
      const { call, lookup } = asking;
      const { served } = await findByKey(store, lookup, now());
      if (!served) return { ...asking, ...(await around(asking)) };
      await check((checks) => {
        checks.hit(call, lookup, served);
      });
      return { ...asking, similarEntries: nothingSimilar(''), served };
    },
    async learn({ call, lookup, similarEntries: { vector, candidate } }, answer) {
      if (!embedder || !vector) return;
      await store.addVector({ entry: call.id, index: embedder.index, values: vector });
      if (!candidate || !embedder.mayServe) return;
      await check((checks) => {
        checks.wouldBeHit({ call, lookup, ...candidate, index: embedder.index, answer });
      });
    },
  };
}

interface TierReplayParts extends TierParts {
  oracle: Oracle;
  gate: SimilarityGate;
  now: () => number;
  onError: (error: unknown) => void;
}

/** In a replay no trouble is a miss. */
const fail = (error: unknown): never => {
  throw error;
};

/** Time limits of a replay: it has time. */
const PATIENCE_MS = 60_000;

const toSimilar = ({
  embedder,
  threshold,
  candidates,
  ...parts
}: TierReplayParts): SimilarParts | null =>
  embedder && {
    ...parts,
    embedder,
    fixedThreshold: threshold,
    limit: Math.max(8, candidates),
    withinMs: PATIENCE_MS,
    searchWithinMs: PATIENCE_MS,
  };

/** A verdict costs nothing here, so each is worth its price. */
const toJudge = ({ oracle, ...parts }: TierReplayParts): JudgeParts => ({
  ...parts,
  worth: 1,
  judge: {
    price: () => Promise.resolve(0),
    ask: (_call, input) => oracle.judge(input, 'inline'),
  },
});

/** Checks that are over when the next question comes: what they teach does not depend on chance. */
function openChecks(parts: TierReplayParts): (start: (checks: Checks) => void) => Promise<void> {
  const { oracle, checkShare: hitShare } = parts;
  let running = Promise.resolve();
  const checks = buildChecks({
    ...parts,
    hitShare,
    judgeLater: (_call, input) => oracle.judge(input, 'checks'),
    inBackground(task) {
      running = task();
    },
  });
  return (start) => {
    start(checks);
    return running;
  };
}

/** A judge that knows the labels, and how often it was asked: for a hit, and for evidence. */
interface Oracle {
  /** Label of the present question. */
  label: string;
  readonly asked: { inline: number; checks: number };
  judge(input: JudgeInput, why: keyof Oracle['asked']): Promise<JudgeVerdict>;
}

/** The answers of a replay are labels: a candidate has the same answer when it has the same label. */
function buildOracle(): Oracle {
  const oracle: Oracle = {
    label: '',
    asked: { inline: 0, checks: 0 },
    judge({ candidates }, why) {
      oracle.asked[why] += 1;
      const found = candidates.findIndex(({ answer }) => answer === oracle.label);
      const same = found < 0 ? null : found + 1;
      return Promise.resolve({ same, sure: true, judge: 'oracle' });
    },
  };
  return oracle;
}
