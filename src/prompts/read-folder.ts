import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PromptFileError } from './prompt-file-error.ts';

/** The prompts folder as it lies on disk. */
export interface RawFolder {
  prompts: ReadonlyMap<string, RawPrompt>;
  /** Texts that prompts share, by file name. */
  shared: ReadonlyMap<string, string>;
  /** Null without one. */
  lock: FileContent | null;
  /** Errors that keep shared texts, all or one, from being read. */
  unreadable: readonly PromptFileError[];
}

/** A folder `<id>/`. */
export interface RawPrompt {
  /** By version, oldest first. */
  versions: ReadonlyMap<string, FileContent>;
  /** Null without one. */
  split: FileContent | null;
}

/** Text of a file, or why it cannot be read. */
export type FileContent = string | PromptFileError;

export const SHARED = '_shared';
export const SPLIT = 'split.yaml';
export const LOCK = 'lock.yaml';
const VERSION = /^(v[1-9]\d*)\.md$/;

/** Of a version: 12 for v12. */
export const numberOf = (version: string): number => Number(version.slice(1));

/** @throws Error when the folder cannot be read; what cannot be read in it is in its place */
export async function readFolder(folder: string): Promise<RawFolder> {
  const { ids, names } = await listFolder(folder);
  const [prompts, shared, lock] = await Promise.all([
    Promise.all(ids.map(async (id) => [id, await readPrompt(join(folder, id))] as const)),
    readShared(join(folder, SHARED), names.includes(SHARED)),
    names.includes(LOCK) ? read(join(folder, LOCK)) : null,
  ]);
  const some = prompts.filter(([, { versions, split }]) => versions.size > 0 || isError(split));
  return { prompts: new Map(some), ...shared, lock };
}

const isError = (content: unknown): content is PromptFileError =>
  content instanceof PromptFileError;

/** Folders of prompts, and all names. A link to a folder is a folder. */
async function listFolder(folder: string): Promise<{ ids: string[]; names: string[] }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const ids = entries
    .filter((entry) => !entry.isFile() && !/^[._]/.test(entry.name))
    .map(({ name }) => name);
  return { ids: ids.sort(), names: entries.map(({ name }) => name) };
}

async function readPrompt(folder: string): Promise<RawPrompt> {
  const names = await namesIn(folder);
  if (isError(names)) return { versions: new Map(), split: names };
  const versions = names.flatMap((name) => VERSION.exec(name)?.[1] ?? []);
  versions.sort((a, b) => numberOf(a) - numberOf(b));
  const [texts, split] = await Promise.all([
    Promise.all(
      versions.map(async (each) => [each, await read(join(folder, `${each}.md`))] as const),
    ),
    names.includes(SPLIT) ? read(join(folder, SPLIT)) : null,
  ]);
  return { versions: new Map(texts), split };
}

async function readShared(
  folder: string,
  isThere: boolean,
): Promise<Pick<RawFolder, 'shared' | 'unreadable'>> {
  const names = isThere ? await namesIn(folder, { isFolder: true }) : [];
  if (isError(names)) return { shared: new Map(), unreadable: [names] };
  const texts = await Promise.all(
    names.filter(isShared).map(async (name) => [name, await read(join(folder, name))] as const),
  );
  return {
    shared: new Map(texts.flatMap(([name, text]) => (isError(text) ? [] : [[name, text]]))),
    unreadable: texts.flatMap(([, text]) => (isError(text) ? [text] : [])),
  };
}

const isShared = (name: string): boolean => !name.startsWith('.');

async function read(file: string): Promise<FileContent> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    return unreadable(file, cause);
  }
}

/** Names in a folder; empty if it is none, or gone, unless it has to be one. */
async function namesIn(
  folder: string,
  { isFolder = false } = {},
): Promise<string[] | PromptFileError> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (!isFolder && ['ENOTDIR', 'ENOENT'].includes(code)) return [];
    return unreadable(folder, cause);
  }
}

const WHY: Partial<Record<string, string>> = {
  EISDIR: 'it is a folder, and should be a file',
  ENOTDIR: 'it is a file, and should be a folder',
  ENOENT: 'it is gone, or a link that leads nowhere',
  EACCES: 'there is no permission to read it',
};

function unreadable(file: string, cause: unknown): PromptFileError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new PromptFileError(file, WHY[code] ?? message, { cause });
}

/** Places in a folder that count, and the files in them, whether or not they can be read. */
export async function listWhatCounts(
  folder: string,
): Promise<{ places: string[]; files: string[] }> {
  const { ids, names } = await listFolder(folder);
  const inner = async (name: string, counts: (file: string) => boolean): Promise<string[]> => {
    const found = await namesIn(join(folder, name));
    return isError(found) ? [] : found.filter(counts).map((file) => join(folder, name, file));
  };
  const files = await Promise.all([
    ...ids.map((id) => inner(id, (file) => file === SPLIT || VERSION.test(file))),
    names.includes(SHARED) ? inner(SHARED, isShared) : [],
  ]);
  const places = names.filter((name) => name === SHARED || ids.includes(name));
  const lock = names.includes(LOCK) ? [join(folder, LOCK)] : [];
  return { places, files: [...files.flat(), ...lock] };
}
