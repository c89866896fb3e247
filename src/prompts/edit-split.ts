import { isMap, isSeq, parseDocument, type Document } from 'yaml';
import { PromptFileError } from './prompt-file-error.ts';
import { numberOf, SPLIT, type RawPrompt } from './read-folder.ts';
import type { LoadedVersion } from './registry.ts';
import { allTo, readSplit, sharesOf, type Split } from './split.ts';

/** A way back. */
export interface Rollback {
  /** The version that most callers were given, and the one that all are given now. */
  from: string;
  to: string;
  /** Rules for callers that name another version than `to`; they are taken out. */
  dropped: number;
  /** Whether there was a `split.yaml` that could not be read. */
  isAnew: boolean;
  /** `split.yaml` as it shall be: comments stay. */
  text: string;
}

interface SplitInput {
  id: string;
  /** As it lies on disk: a broken version is often why one rolls back. */
  raw: RawPrompt;
  /** Its versions that are whole, oldest first. */
  whole: readonly Pick<LoadedVersion, 'meta'>[];
  /** By default the newest live version that is older than what most callers are given now. */
  to: string | null;
}

/**
 * All callers to one version.
 * @throws PromptFileError when there is no such version, it is not live, or nothing would change
 */
export function planRollback({ id, raw, whole, to }: SplitInput): Rollback {
  const { split, text } = splitOf(raw, whole);
  const isAnew = text === null && raw.split !== null;
  const shares = sharesOf(split);
  const from = [...shares].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
  const target = targetOf({ id, whole, from, to });
  const others = split.overrides.flatMap(({ version }, at) => (version === target ? [] : [at]));
  if (shares.get(target) === 1 && others.length === 0 && !isAnew)
    throw new PromptFileError(id, `all callers are given ${target} already`);
  const document = parseDocument(text ?? '');
  setWeights(document, weightsFor(split.weights, target));
  dropRules(document, others);
  const edited = document.toString({ lineWidth: 0 });
  return { from, to: target, dropped: others.length, isAnew, text: edited };
}

function targetOf({ id, whole, from, to }: Omit<SplitInput, 'raw'> & { from: string }): string {
  const live = whole.filter(({ meta }) => meta.status === 'live').map(({ meta }) => meta.version);
  const target = to ?? live.findLast((each) => numberOf(each) < numberOf(from));
  if (target === undefined)
    throw new PromptFileError(id, `there is no live version before ${from}: name one with --to`);
  if (live.includes(target)) return target;
  throw new PromptFileError(id, `${target} is not live. Live are: ${live.join(', ')}`);
}

/** Without a split, or with one that cannot be read, all may be given the newest that is no draft. */
function splitOf(
  { split, versions }: RawPrompt,
  whole: SplitInput['whole'],
): { split: Split; text: string | null } {
  const idle = whole.filter(({ meta }) => meta.status !== 'live').map(({ meta }) => meta.version);
  const newest = [...versions.keys()].findLast((version) => !idle.includes(version));
  const none = { split: allTo(newest ?? ''), text: null };
  if (typeof split !== 'string') return none;
  try {
    return { split: readSplit(split, SPLIT), text: split };
  } catch {
    return none;
  }
}

/** Number by number, so that what is written beside them stays. */
function setWeights(document: Document, weights: Split['weights']): void {
  const written = document.get('weights');
  if (!isMap(written)) document.set('weights', document.createNode(weights, { flow: true }));
  else for (const [version, weight] of Object.entries(weights)) written.set(version, weight);
}

function dropRules(document: Document, places: readonly number[]): void {
  const written = document.get('overrides');
  if (!isSeq(written)) return;
  for (const place of places.toReversed()) written.delete(place);
  if (written.items.length === 0) document.delete('overrides');
}

/** The others stay in the file at 0: whoever reads it sees what there was. */
const weightsFor = (weights: Record<string, number>, target: string): Record<string, number> => ({
  ...Object.fromEntries(Object.keys(weights).map((each) => [each, 0])),
  [target]: 100,
});
