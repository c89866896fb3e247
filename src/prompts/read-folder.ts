import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The prompts folder as it lies on disk. */
export interface RawFolder {
  prompts: ReadonlyMap<string, RawPrompt>;
  /** Texts that prompts share, by file name. */
  shared: ReadonlyMap<string, string>;
  /** Empty without one. */
  lock: string;
}

/** A folder `<id>/`. */
export interface RawPrompt {
  /** By version. */
  versions: ReadonlyMap<string, string>;
  /** Null without one. */
  split: string | null;
}

export const SHARED = '_shared';
export const SPLIT = 'split.yaml';
export const LOCK = 'lock.yaml';
const VERSION = /^(v[1-9]\d*)\.md$/;

/** @throws Error when the folder cannot be read */
export async function readFolder(folder: string): Promise<RawFolder> {
  const ids = (await entriesOf(folder)).filter(isPromptFolder).map(({ name }) => name);
  const [prompts, shared, lock] = await Promise.all([
    Promise.all(ids.map(async (id) => [id, await readPrompt(join(folder, id))] as const)),
    readShared(join(folder, SHARED)),
    readIfThere(join(folder, LOCK)),
  ]);
  const some = prompts.filter(([, { versions }]) => versions.size > 0);
  return { prompts: new Map(some), shared, lock: lock ?? '' };
}

const isPromptFolder = (entry: Dirent): boolean =>
  entry.isDirectory() && !entry.name.startsWith('_') && !entry.name.startsWith('.');

const entriesOf = async (folder: string): Promise<Dirent[]> =>
  (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));

async function readPrompt(folder: string): Promise<RawPrompt> {
  const names = (await entriesOf(folder)).flatMap(({ name }) => VERSION.exec(name)?.[1] ?? []);
  names.sort((a, b) => numberOf(a) - numberOf(b));
  const [versions, split] = await Promise.all([
    Promise.all(
      names.map(
        async (each) => [each, await readFile(join(folder, `${each}.md`), 'utf8')] as const,
      ),
    ),
    readIfThere(join(folder, SPLIT)),
  ]);
  return { versions: new Map(versions), split };
}

/** Of a version: 12 for v12. */
export const numberOf = (version: string): number => Number(version.slice(1));

async function readShared(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder, { withFileTypes: true }).catch(noneIfMissing);
  const files = names.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  return new Map(
    await Promise.all(
      files.map(async ({ name }) => [name, await readFile(join(folder, name), 'utf8')] as const),
    ),
  );
}

const noneIfMissing = (error: NodeJS.ErrnoException): [] => {
  if (error.code === 'ENOENT') return [];
  throw error;
};

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Changes whenever a file of the folder does: names, sizes and times. Cheaper than reading them. */
export async function stateOfFolder(folder: string): Promise<string> {
  const entries = await entriesOf(folder);
  const inner = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name));
  const files = await Promise.all([folder, ...inner].map(filesOf));
  const states = await Promise.all(files.flat().map(stateOfFile));
  return states.sort().join('\n');
}

const filesOf = async (folder: string): Promise<string[]> =>
  (await entriesOf(folder)).filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));

async function stateOfFile(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${path} ${String(mtimeMs)} ${String(size)} ${String(ino)}`;
}
