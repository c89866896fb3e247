import { parseDocument } from 'yaml';
import { PromptFileError } from './prompt-file-error.ts';
import { numberOf } from './read-folder.ts';
import { sharesOf, type Split } from './split.ts';

/** A way back. */
export interface Rollback {
  /** The version that most callers were given, and the one that all are given now. */
  from: string;
  to: string;
  /** Rules for callers that name another version than `to`; they are taken out. */
  dropped: number;
  /** `split.yaml` as it shall be: comments stay. */
  text: string;
}

interface Given {
  id: string;
  /** Versions that are whole and live, oldest first. */
  live: readonly string[];
  split: Split;
  /** `split.yaml` as it is; null where there is none, or none that can be read. */
  text: string | null;
  /** By default the newest live version that is older than what most callers are given now. */
  to: string | null;
}

/**
 * All callers to one version.
 * @throws PromptFileError when there is no such version, it is not live, or nothing would change
 */
export function planRollback({ id, live, split, text, to }: Given): Rollback {
  const shares = sharesOf(split);
  const from = [...shares].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
  const target = to ?? live.findLast((each) => numberOf(each) < numberOf(from));
  if (target === undefined)
    throw new PromptFileError(id, `there is no live version before ${from}: name one with --to`);
  if (!live.includes(target)) throw notLive(id, target, live);
  const kept = split.overrides.filter(({ version }) => version === target);
  const dropped = split.overrides.length - kept.length;
  if (shares.get(target) === 1 && dropped === 0)
    throw new PromptFileError(id, `all callers are given ${target} already`);
  const edited = edit(text, weightsFor(split.weights, target), dropped > 0 ? kept : null);
  return { from, to: target, dropped, text: edited };
}

const notLive = (id: string, version: string, live: readonly string[]): PromptFileError =>
  new PromptFileError(id, `${version} is not live. Live are: ${live.join(', ')}`);

/** @param overrides null: as they are */
function edit(
  text: string | null,
  weights: Split['weights'],
  overrides: Split['overrides'] | null,
): string {
  const document = parseDocument(text ?? '');
  document.set('weights', document.createNode(weights, { flow: true }));
  if (overrides?.length === 0) document.delete('overrides');
  else if (overrides) document.set('overrides', document.createNode(overrides));
  return document.toString();
}

/** The others stay in the file at 0: whoever reads it sees what there was. */
const weightsFor = (weights: Record<string, number>, target: string): Record<string, number> => ({
  ...Object.fromEntries(Object.keys(weights).map((each) => [each, 0])),
  [target]: 100,
});
