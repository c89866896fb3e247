import type { CacheLookup, ComparedQuestion } from '../core/call/cache-lookup.ts';
import type { Call } from '../core/call/call.ts';
import type { CacheStore, CachedAnswer, Neighbour } from '../stores/ports/cache.ts';
import { readQuestion } from './canonical/read-question.ts';
import { embedFor, type EmbedParts } from './embed.ts';
import { vetoOf } from './guards/veto.ts';
import { isYoungEnough, type ServedEntry } from './serve-entry.ts';
import type { SimilarityGate } from './similarity-gate.ts';

export interface SimilarParts extends EmbedParts {
  store: Pick<CacheStore, 'nearest' | 'withoutVector' | 'addVector'>;
  gate: Pick<SimilarityGate, 'threshold'>;
  /** A fixed threshold by the operator's own choice; null: what the evidence allows. */
  fixedThreshold: number | null;
  /** Time limit of a search, milliseconds: a late one is a miss. */
  searchWithinMs: number;
  /** Share of hits that are not served but checked against a new answer, so that evidence goes on coming. */
  checkShare: number;
  /** Limit of neighbours per search. */
  limit: number;
  random: () => number;
  onError: (error: unknown) => void;
}

/** Result of a search by similarity. */
export interface SimilarEntries {
  served: ServedEntry | null;
  /** The entry served, or that would be if its class might. */
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

export const nothingSimilar = (reason: string): SimilarEntries => ({
  served: null,
  candidate: null,
  isSample: false,
  neighbours: [],
  vector: null,
  reason,
});

/** Kept questions that are near, and whether one of them may answer. Never rejects: trouble is a miss. */
export async function findSimilar(
  parts: SimilarParts,
  call: Call,
  lookup: CacheLookup,
): Promise<SimilarEntries> {
  const { question } = lookup;
  if (!question) return nothingSimilar('');
  try {
    const vector = await embed(parts, call, { lookup, question });
    const neighbours = await parts.store.nearest({
      scope: lookup.scope,
      index: parts.embedder.index,
      vector,
      canon: question.canon ?? '',
      limit: parts.limit,
      now: parts.now(),
      withinMs: parts.searchWithinMs,
    });
    const young = neighbours.filter(({ entry }) => isYoungEnough(entry, lookup, parts.now()));
    return { ...(await choose(parts, lookup, young)), neighbours: young, vector };
  } catch (error) {
    parts.onError(error);
    return nothingSimilar('Near questions could not be looked for.');
  }
}

/** The question's vector; entries that have none yet in this index get theirs in the same request. */
async function embed(
  parts: SimilarParts,
  call: Call,
  { lookup, question }: { lookup: CacheLookup; question: ComparedQuestion },
): Promise<Float32Array> {
  const { store, embedder, now } = parts;
  const { scope } = lookup;
  const asked = { scope, index: embedder.index, limit: TAKE_ALONG, now: now() };
  const others = (await store.withoutVector(asked)).flatMap((entry) =>
    entry.question === null ? [] : [{ entry: entry.id, text: entry.question }],
  );
  const texts = [question.text, ...others.map(({ text }) => text)];
  const [vector, ...rest] = await embedFor(parts, call, texts);
  if (!vector) throw new Error('the embedder answered without a vector');
  for (const [at, { entry }] of others.entries()) {
    const values = rest[at];
    if (values) await store.addVector({ entry, index: embedder.index, values });
  }
  return vector;
}

async function choose(
  parts: SimilarParts,
  lookup: CacheLookup,
  neighbours: readonly Neighbour[],
): Promise<Omit<SimilarEntries, 'neighbours' | 'vector'>> {
  const { embedder, gate, random } = parts;
  const candidate = firstSurvivor(lookup, neighbours);
  if (!candidate) return { ...nothingSimilar('No kept question is near.') };
  const { entry, similarity } = candidate;
  const near = `"${entry.question ?? ''}" is near (${similarity.toFixed(3)})`;
  const none = { served: null, candidate, isSample: true };
  if (!embedder.mayServe)
    return { ...none, reason: `${near}, but ${embedder.index} only finds what is to be judged.` };
  const threshold = parts.fixedThreshold ?? (await gate.threshold(lookup, embedder.index));
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

/** The nearest that no guard objects to. What points at something is never served by similarity. */
function firstSurvivor(
  { question }: CacheLookup,
  neighbours: readonly Neighbour[],
): Neighbour | null {
  if (question?.kind !== 'plain') return null;
  const passes = ({ question: stored }: CachedAnswer): boolean =>
    stored !== null &&
    readQuestion(stored).kind === 'plain' &&
    vetoOf(question.text, stored, 'similar') === null;
  const near = neighbours
    .slice(0, MOST_SERVED)
    .filter(({ similarity }) => similarity >= LEAST_SIMILARITY);
  return near.find(({ entry }) => passes(entry)) ?? null;
}
