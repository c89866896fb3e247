import type { CacheAsk, Question } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import type { CacheBook, Entry, Neighbour } from '../stores/ports/cache.ts';
import { readQuestion } from './canonical/read-question.ts';
import { embedFor, type EmbedParts } from './embed.ts';
import { vetoOf } from './guards/veto.ts';
import { isYoungEnough, type Served } from './serve-entry.ts';
import type { Serving } from './similarity-gate.ts';

export interface SimilarParts extends EmbedParts {
  book: Pick<CacheBook, 'nearest' | 'withoutVector' | 'addVector'>;
  serving: Pick<Serving, 'threshold'>;
  /** A fixed threshold by the operator's own choice; null: what the evidence allows. */
  fixedThreshold: number | null;
  /** How long a search may take, milliseconds: a late one is a miss. */
  searchWithinMs: number;
  /** Share of hits that are not served but checked against a new answer, so that evidence goes on coming. */
  checkShare: number;
  /** How many neighbours are looked for. */
  limit: number;
  random: () => number;
  onError: (error: unknown) => void;
}

/** What a search by nearness found. */
export interface Nearby {
  served: Served | null;
  /** What is, or would be, served if its class were allowed to. */
  candidate: Neighbour | null;
  /** Whether a verdict on it is evidence: of all would-be hits an even share must be. */
  isSample: boolean;
  neighbours: readonly Neighbour[];
  vector: Float32Array | null;
  reason: string;
}

/** Only so many of the nearest may be served: further ones are found to be judged. */
const MOST_SERVED = 8;
/** Nothing below is worth a verdict as a hit. */
const LEAST_SIMILARITY = 0.7;
/** Entries from before a change of embedder that one call takes along. */
const TAKE_ALONG = 8;

export const nothingNear = (reason: string): Nearby => ({
  served: null,
  candidate: null,
  isSample: false,
  neighbours: [],
  vector: null,
  reason,
});

/** Kept questions that are near, and whether one of them may answer. Never rejects: trouble is a miss. */
export async function findSimilar(parts: SimilarParts, call: Call, ask: CacheAsk): Promise<Nearby> {
  const { question } = ask;
  if (!question) return nothingNear('');
  try {
    const vector = await embed(parts, call, { ask, question });
    const neighbours = await parts.book.nearest({
      scope: ask.scope,
      index: parts.embedder.index,
      vector,
      canon: question.canon ?? '',
      limit: parts.limit,
      now: parts.now(),
      withinMs: parts.searchWithinMs,
    });
    const young = neighbours.filter(({ entry }) => isYoungEnough(entry, ask, parts.now()));
    return { ...(await choose(parts, ask, young)), neighbours: young, vector };
  } catch (error) {
    parts.onError(error);
    return nothingNear('Near questions could not be looked for.');
  }
}

/** The question's vector; entries that have none yet in this index get theirs in the same request. */
async function embed(
  parts: SimilarParts,
  call: Call,
  { ask, question }: { ask: CacheAsk; question: Question },
): Promise<Float32Array> {
  const { book, embedder, now } = parts;
  const { scope } = ask;
  const asked = { scope, index: embedder.index, limit: TAKE_ALONG, now: now() };
  const others = (await book.withoutVector(asked)).flatMap((entry) =>
    entry.question === null ? [] : [{ entry: entry.id, text: entry.question }],
  );
  const texts = [question.text, ...others.map(({ text }) => text)];
  const [vector, ...rest] = await embedFor(parts, call, texts);
  if (!vector) throw new Error('the embedder answered without a vector');
  for (const [at, { entry }] of others.entries()) {
    const values = rest[at];
    if (values) await book.addVector({ entry, index: embedder.index, values });
  }
  return vector;
}

async function choose(
  parts: SimilarParts,
  ask: CacheAsk,
  neighbours: readonly Neighbour[],
): Promise<Omit<Nearby, 'neighbours' | 'vector'>> {
  const { embedder, serving, random } = parts;
  const candidate = firstSurvivor(ask, neighbours);
  if (!candidate) return { ...nothingNear('No kept question is near.') };
  const { entry, similarity } = candidate;
  const near = `"${entry.question ?? ''}" is near (${similarity.toFixed(3)})`;
  const none = { served: null, candidate, isSample: true };
  if (!embedder.mayServe)
    return { ...none, reason: `${near}, but ${embedder.index} only finds what is to be judged.` };
  const threshold = parts.fixedThreshold ?? (await serving.threshold(ask, embedder.index));
  if (threshold === null)
    return {
      ...none,
      reason: `${near}, but there is not enough evidence yet to serve by nearness.`,
    };
  const isSample = random() < parts.checkShare;
  if (similarity < threshold)
    return { ...none, isSample, reason: `${near}, but not ${threshold.toFixed(2)}.` };
  if (isSample)
    return { ...none, reason: `${near}; it is checked against a new answer this time.` };
  return {
    served: { entry, tier: 'similar', similarity, reason: `${near}.` },
    candidate,
    isSample: false,
    reason: '',
  };
}

/** The nearest that no guard objects to. What points at something is never served by nearness. */
function firstSurvivor({ question }: CacheAsk, neighbours: readonly Neighbour[]): Neighbour | null {
  if (question?.kind !== 'plain') return null;
  const passes = ({ question: stored }: Entry): boolean =>
    stored !== null &&
    readQuestion(stored).kind === 'plain' &&
    vetoOf(question.text, stored, 'similar') === null;
  const near = neighbours
    .slice(0, MOST_SERVED)
    .filter(({ similarity }) => similarity >= LEAST_SIMILARITY);
  return near.find(({ entry }) => passes(entry)) ?? null;
}
