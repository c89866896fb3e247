import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { readFolder, listWhatCounts } from './read-folder.ts';
import { buildRegistry, type Registry } from './registry.ts';
import { stat } from 'node:fs/promises';

export interface FolderWatch {
  /** Hears of everything that is wrong, once for each change of it. */
  onProblems: (messages: readonly string[]) => void;
  /** Hears of every state that takes effect. */
  onChange: (registry: Registry) => void;
}

/** A folder that is looked at again and again. */
export interface Followed {
  /** As it is now, or as it last was good. */
  registry(): Registry;
  /** Looks at the disk now. @returns whether anything has changed; never once it is closed */
  reload(): Promise<boolean>;
  close(): void;
}

/** Interval of looks at the disk, milliseconds: a change takes effect in half of the two seconds promised. */
const LOOK_EVERY_MS = 750;

/**
 * It looks instead of being told: events of a file system are lost on network and container mounts, and
 * come halfway through a write.
 * @throws PromptFileError when anything is wrong to begin with
 */
export async function followFolder(folder: string, watch: FolderWatch): Promise<Followed> {
  const stop = new AbortController();
  const { registry, look } = await buildLook(folder, watch, stop.signal);
  const tell = onceEach(watch.onProblems);
  const lookOnce = async (): Promise<boolean> => {
    if (stop.signal.aborted) return false;
    try {
      const hasChanged = await look();
      tell(registry().problems.map(({ error }) => error.message));
      return hasChanged;
    } catch (error) {
      tell([`${folder}: ${error instanceof Error ? error.message : String(error)}`]);
      return false;
    }
  };
  let looking = Promise.resolve(false);
  // One after the other, so that an older state never comes last.
  const reload = (): Promise<boolean> => (looking = looking.then(lookOnce));
  void repeat(reload, stop.signal);
  return {
    registry,
    reload,
    close() {
      stop.abort();
    },
  };
}

async function repeat(work: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false });
      await work();
    }
  } catch {
    // Only the sleep rejects, when there is nothing to look for any more.
  }
}

async function buildLook(folder: string, { onChange }: FolderWatch, signal: AbortSignal) {
  let { mark: seen } = await stateOfFolder(folder);
  let raw = await readFolder(folder);
  let registry = buildRegistry(folder, raw, null);
  const [trouble] = registry.problems;
  if (trouble) throw trouble.error;
  const look = async (): Promise<boolean> => {
    const { mark, isSettled } = await stateOfFolder(folder);
    if (mark === seen) return false;
    const read = await readFolder(folder);
    // Written while it was read: what was read may be half of it.
    if (mark !== (await stateOfFolder(folder)).mark || signal.aborted) return false;
    // A second change in the same moment would look the same: until it is old it is read again.
    seen = isSettled ? mark : '';
    if (isDeepStrictEqual(raw, read)) return false;
    raw = read;
    registry = buildRegistry(folder, raw, registry);
    onChange(registry);
    return true;
  };
  return { registry: () => registry, look };
}

/** Says what is new; that nothing is wrong any more goes without saying. */
function onceEach(say: FolderWatch['onProblems']): (messages: readonly string[]) => void {
  let said: readonly string[] = [];
  return (messages) => {
    if (messages.length > 0 && !isDeepStrictEqual(messages, said)) say(messages);
    said = messages;
  };
}

/** State of a folder from outside; cheaper to find out than what its files say. */
interface FolderState {
  /** Changes whenever a file that counts does: names, sizes, times and places on disk. */
  mark: string;
  /** Whether the last change is so long ago that another would have another time. */
  isSettled: boolean;
}

/** Times of files are no finer than this on the coarsest file systems, milliseconds. */
const COARSEST_MS = 2_000;

/** @throws Error when the folder cannot be read */
async function stateOfFolder(folder: string): Promise<FolderState> {
  const now = Date.now();
  const { places, files } = await listWhatCounts(folder);
  const states = await Promise.all(files.map(stateOfFile));
  return {
    mark: [...places, ...states.map(({ mark }) => mark)].sort().join('\n'),
    isSettled: states.every(({ changedAt }) => changedAt < now - COARSEST_MS),
  };
}

async function stateOfFile(path: string): Promise<{ mark: string; changedAt: number }> {
  try {
    // A copy of a file can set back the one time, but not the other.
    const { mtimeMs, ctimeMs, size, ino } = await stat(path);
    const mark = [path, mtimeMs, ctimeMs, size, ino].join(' ');
    return { mark, changedAt: Math.max(mtimeMs, ctimeMs) };
  } catch (error) {
    return { mark: `${path} ${String((error as NodeJS.ErrnoException).code)}`, changedAt: 0 };
  }
}
