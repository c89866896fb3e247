import type { JudgeInput } from '../../schemas/tools/judge-same-answer.ts';
import type { CacheLookup } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import { streamedText } from '../core/call/streamed-field.ts';
import type { LlmTool, Tool } from '../core/tool/define-tool.ts';
import type { CacheStore, CachedAnswer } from '../stores/ports/cache.ts';
import { vetoOf } from './guards/veto.ts';
import type { ServedEntry } from './serve-entry.ts';
import type { CandidatePair, SimilarityGate } from './similarity-gate.ts';
import type { SimilarEntries } from './similar.ts';

/** Verdict of a judge: the number of the candidate with the same answer, from 1; null: none. */
export interface JudgeVerdict {
  same: number | null;
  /** False: it could not tell, and nothing is learnt. */
  sure: boolean;
  /** Model that judged. */
  judge: string;
}

/** Asks the cheapest model as a part of the call: its attempts are in the call's own row. */
export interface Judge {
  /** Usual cost of a verdict, integer nano-dollars. */
  price(call: Call, input: JudgeInput): Promise<number>;
  /** Null: there is no verdict, whatever the reason. */
  ask(call: Call, input: JudgeInput): Promise<JudgeVerdict | null>;
}

export interface JudgeParts {
  store: Pick<CacheStore, 'mostAsked' | 'addAlias' | 'addNegative'>;
  judge: Judge;
  gate: Pick<SimilarityGate, 'learn'>;
  /** Most candidates of one verdict. */
  candidates: number;
  /** Multiple of its price that a verdict must be expected to save. */
  worth: number;
  onError: (error: unknown) => void;
  now: () => number;
}

interface JudgeRequest {
  call: Call;
  lookup: CacheLookup;
  tool: LlmTool;
  similarEntries: SimilarEntries;
  /** Version of what found the neighbours. */
  index: string | null;
}

/** Counts of verdicts and of same answers, by class: they give the expected saving. */
export type Odds = Map<string, { asked: number; same: number }>;

/**
 * Asks the cheapest model which cached question has the same answer, where keys and similarity fail.
 * Its verdict is kept as an alias or as denials, so the same thing is asked once. Never rejects.
 */
export async function judgeInline(
  parts: JudgeParts,
  odds: Odds,
  asked: JudgeRequest,
): Promise<ServedEntry | null> {
  try {
    const candidates = await candidatesFor(parts, asked);
    const verdict = await verdictOn(parts, odds, { ...asked, candidates });
    if (verdict === null) return null;
    const chosen = verdict.same === null ? null : (candidates[verdict.same - 1] ?? null);
    count(odds, asked.lookup.class, chosen !== null);
    if (asked.lookup.control.mayStore) await learn(parts, asked, { candidates, chosen, verdict });
    return chosen && toServed(chosen, asked, verdict);
  } catch (error) {
    parts.onError(error);
    return null;
  }
}

/** Null: nobody is asked, or nobody could tell. */
async function verdictOn(
  parts: JudgeParts,
  odds: Odds,
  asked: JudgeRequest & { candidates: readonly CachedAnswer[] },
): Promise<JudgeVerdict | null> {
  const { call, lookup, candidates } = asked;
  if (candidates.length === 0) return null;
  const input = toInput(asked, candidates);
  if (!(await isWorth(parts, odds, { call, lookup, input }))) return null;
  const verdict = await parts.judge.ask(call, input);
  // A number that no candidate has tells nothing either.
  const isOne = verdict?.same === null || candidates[(verdict?.same ?? 0) - 1] !== undefined;
  return verdict?.sure && isOne ? verdict : null;
}

function toServed(
  chosen: CachedAnswer,
  { similarEntries }: JudgeRequest,
  { judge }: JudgeVerdict,
): ServedEntry {
  const near = similarEntries.neighbours.find(({ entry }) => entry.id === chosen.id);
  const reason = `${judge} judged that it has the answer of "${chosen.question ?? ''}".`;
  return { entry: chosen, tier: 'judged', similarity: near?.similarity ?? null, reason };
}

/** The nearest and the most asked of the scope. What differs in a number or a "not" needs no judge. */
async function candidatesFor(
  { store, candidates, now }: JudgeParts,
  { lookup, similarEntries }: JudgeRequest,
): Promise<CachedAnswer[]> {
  const { scope, question } = lookup;
  if (!question) return [];
  const canon = question.canon ?? '';
  // The would-be hit comes first: if another is chosen, it was passed over.
  const wouldBe = similarEntries.candidate ? [similarEntries.candidate.entry] : [];
  const near = [...wouldBe, ...similarEntries.neighbours.map(({ entry }) => entry)];
  const popular =
    near.length >= candidates
      ? []
      : await store.mostAsked({ scope, canon, limit: 2 * candidates, now: now() });
  const all = new Map([...near, ...popular].map((entry) => [entry.id, entry]));
  return [...all.values()]
    .filter(
      ({ question: stored, createdAt }) =>
        stored !== null &&
        now() - createdAt <= lookup.control.maxAgeMs &&
        vetoOf(question.text, stored, 'canonical') === null,
    )
    .slice(0, candidates);
}

/** So much of an answer shows what it is about, characters. */
const ANSWER_CHARS = 400;

const toInput = (
  { lookup, tool }: JudgeRequest,
  candidates: readonly CachedAnswer[],
): JudgeInput => ({
  question: lookup.question?.text ?? '',
  candidates: candidates.map((entry) => ({
    question: entry.question ?? '',
    answer: answerOf(entry, tool),
  })),
});

/** The readable text of a cached answer, or its beginning. */
export const answerOf = ({ output }: CachedAnswer, tool: Tool | undefined): string =>
  answerText(JSON.parse(output), tool);

export function answerText(output: unknown, tool: Tool | undefined): string {
  const text = streamedText(tool, output) ?? JSON.stringify(output);
  return text.length <= ANSWER_CHARS ? text : `${text.slice(0, ANSWER_CHARS)}…`;
}

/** Before anything is known one in two is expected to be the same; it never falls to nothing. */
const expectedShare = (odds: Odds, name: string): number => {
  const { asked, same } = odds.get(name) ?? { asked: 0, same: 0 };
  return Math.max(0.1, (same + 2) / (asked + 4));
};

async function isWorth(
  { judge, worth }: JudgeParts,
  odds: Odds,
  { call, lookup, input }: { call: Call; lookup: CacheLookup; input: JudgeInput },
): Promise<boolean> {
  const answer = call.plan?.estimate().expectedNanoUsd ?? 0;
  const expected = expectedShare(odds, lookup.class) * answer;
  return expected >= worth * (await judge.price(call, input));
}

function count(odds: Odds, name: string, isSame: boolean): void {
  const { asked, same } = odds.get(name) ?? { asked: 0, same: 0 };
  odds.set(name, { asked: asked + 1, same: same + (isSame ? 1 : 0) });
}

interface JudgedCandidates {
  candidates: readonly CachedAnswer[];
  chosen: CachedAnswer | null;
  verdict: JudgeVerdict;
}

async function learn(
  { store, gate }: JudgeParts,
  { lookup, similarEntries, index }: JudgeRequest,
  { candidates, chosen, verdict }: JudgedCandidates,
): Promise<void> {
  const { scope, question } = lookup;
  if (typeof question?.canon !== 'string') return;
  const wording = { scope, canon: question.canon, text: question.text, source: 'judge' } as const;
  const learnt: Promise<void>[] = chosen
    ? [store.addAlias({ ...wording, entry: chosen.id })]
    : candidates.map(({ id }) => store.addNegative({ ...wording, entry: id }));
  const { candidate } = similarEntries;
  // Every one that the judge saw: what it passed over would have been a wrong hit.
  if (candidate && index !== null && candidates.some(({ id }) => id === candidate.entry.id)) {
    const pair: CandidatePair = {
      lookup,
      entry: candidate.entry,
      index,
      similarity: candidate.similarity,
    };
    const same = chosen?.id === candidate.entry.id;
    if (similarEntries.isSample) learnt.push(gate.learn(pair, { same, judge: verdict.judge }));
  }
  await Promise.all(learnt);
}
