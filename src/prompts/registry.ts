import { hash } from 'node:crypto';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { PromptVersion } from '../core/call/prompt.ts';
import { hashOf, lockedHash, NO_LOCK, parseLock, type Lock } from './lock.ts';
import { parsePrompt, type PromptFile } from './parse.ts';
import { PromptFileError } from './prompt-file-error.ts';
import {
  LOCK,
  numberOf,
  SPLIT,
  type FileContent,
  type RawFolder,
  type RawPrompt,
} from './read-folder.ts';
import { compilePrompt, type CompiledTemplate } from './render.ts';
import { sharedBy } from './shared.ts';
import { allTo, parseSplit, type Split } from './split.ts';

/** A version with all that is known of it. */
export interface LoadedVersion extends PromptVersion, Omit<CompiledTemplate, 'render'> {
  file: string;
}

/** All versions of a prompt, and who is given which. */
export interface PromptSet {
  id: string;
  /** Oldest first. */
  versions: readonly LoadedVersion[];
  split: Split;
}

/** The folder as far as it can be used. */
export interface Registry {
  sets: ReadonlyMap<string, PromptSet>;
  shared: ReadonlyMap<string, string>;
  lock: Lock;
  /** Problems, each with the prompt that cannot be used because of it; null: none in particular. */
  problems: readonly PromptProblem[];
}

/**
 * Build all that can be, and say what cannot. Never throws. Of what is broken or gone the last good state
 * stays, version by version, so that a broken file never keeps anybody from rolling back.
 * @param before the last state; without one a prompt with anything broken is left out
 */
export function buildRegistry(folder: string, raw: RawFolder, before: Registry | null): Registry {
  const troubles: PromptProblem[] = raw.unreadable.map((error) => ({ id: null, error }));
  const attempt: TryRead = (id, work) => {
    try {
      return work();
    } catch (error) {
      troubles.push({ id, error: PromptFileError.of(folder, error) });
      return null;
    }
  };
  const read = attempt(null, () => parseLock(textOf(raw.lock) ?? '', join(folder, LOCK)));
  const lock = read ?? before?.lock ?? NO_LOCK;
  const sets = new Map<string, PromptSet>();
  for (const [id, prompt] of raw.prompts) {
    const place = { folder: join(folder, id), id, shared: raw.shared, lock, attempt };
    const set = buildSet(place, prompt, before?.sets.get(id) ?? null);
    if (set) sets.set(id, set);
  }
  for (const [id, set] of goneFrom(raw, before)) {
    sets.set(id, set);
    const error = new PromptFileError(join(folder, id), 'it is gone, and its last state goes on');
    troubles.push({ id, error });
  }
  return { sets, shared: raw.shared, lock, problems: troubles };
}

const goneFrom = ({ prompts }: RawFolder, before: Registry | null): [string, PromptSet][] =>
  [...(before?.sets ?? [])].filter(([id]) => !prompts.has(id));

function textOf(content: FileContent | null): string | null {
  if (content instanceof PromptFileError) throw content;
  return content;
}

interface PromptProblem {
  id: string | null;
  error: PromptFileError;
}

type TryRead = <T>(id: string | null, work: () => T) => T | null;

interface PromptContext {
  folder: string;
  id: string;
  shared: ReadonlyMap<string, string>;
  lock: Lock;
  attempt: TryRead;
}

function buildSet(
  place: PromptContext,
  prompt: RawPrompt,
  before: PromptSet | null,
): PromptSet | null {
  const { id, attempt } = place;
  const known = new Map(before?.versions.map((each) => [each.meta.version, each]));
  const contents = [...prompt.versions];
  const next = `v${String(numberOf(contents.at(-1)?.[0] ?? 'v0') + 1)}`;
  const found = contents.map(([version, content]) => {
    const last = known.get(version);
    return attempt(id, () => buildVersion({ ...place, next }, version, content)) ?? last;
  });
  const versions = found.filter((each) => each !== undefined);
  if (!before && versions.length < found.length) return null;
  const split = attempt(id, () => buildSplit(place, prompt, versions));
  if (split) return { id, versions, split };
  // Versions that it names may be gone from disk; they are kept here.
  const missing = before?.versions.filter(({ meta }) => !prompt.versions.has(meta.version)) ?? [];
  return before && { ...before, versions: [...versions, ...missing].sort(byVersion) };
}

const byVersion = (a: LoadedVersion, b: LoadedVersion): number =>
  numberOf(a.meta.version) - numberOf(b.meta.version);

function buildSplit(
  { folder }: PromptContext,
  { split }: RawPrompt,
  versions: readonly LoadedVersion[],
): Split {
  const text = textOf(split);
  const live = versions
    .filter(({ meta }) => meta.status === 'live')
    .map(({ meta }) => meta.version);
  const newest = live.at(-1);
  if (newest === undefined) throw new PromptFileError(folder, 'no version is live');
  return text === null ? allTo(newest) : parseSplit(text, join(folder, SPLIT), live);
}

/** Identity of a version. */
type WrittenPrompt = Pick<PromptFile, 'meta' | 'text'>;

interface VersionContext extends PromptContext {
  /** The version that a change would have to be made in. */
  next: string;
}

/** Versions by their file and the texts it shows: these make the same always, and compiling is most work. */
const compiled = new LRUCache<string, LoadedVersion>({ max: 500 });

function buildVersion(place: VersionContext, version: string, content: FileContent): LoadedVersion {
  const { id, folder, shared } = place;
  const file = join(folder, `${version}.md`);
  const text = textOf(content) ?? '';
  try {
    const key = JSON.stringify([file, text, ...sharedBy(text, shared)]);
    const known = compiled.get(key);
    if (known) {
      demandUnchanged(known, file, place);
      return known;
    }
    const parsed = parsePrompt(text, file);
    const { meta } = parsed;
    if (meta.id !== id || meta.version !== version)
      throw new PromptFileError(file, 'id and version in the file do not match its place');
    demandUnchanged(parsed, file, place);
    const hash = contentHash(parsed, shared);
    const made = { ...compilePrompt(parsed, shared), meta, text: parsed.text, file, hash };
    compiled.set(key, made);
    return made;
  } catch (cause) {
    throw PromptFileError.of(file, cause);
  }
}

/** @throws PromptFileError for a version that was live and says something else now */
function demandUnchanged(
  prompt: WrittenPrompt,
  file: string,
  { lock, next }: { lock: Lock; next: string },
): void {
  const { id, version } = prompt.meta;
  const locked = lock.prompts[`${id}@${version}`];
  if (locked === undefined || locked === lockedHash(prompt)) return;
  throw new PromptFileError(
    file,
    `${version} was live and has been edited: make ${next} with the change (cp ${version}.md ${next}.md), and take back what was done to ${version}`,
  );
}

/** Of all that the model is told, without what callers give: the templates and the texts they show. */
function contentHash(prompt: WrittenPrompt, shared: ReadonlyMap<string, string>): string {
  const shown = [...sharedBy(prompt.text, shared)].sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = shown.map(([name, text]) => [name, hashOf(text)]);
  return hash('sha256', JSON.stringify([lockedHash(prompt), texts]), 'hex');
}
