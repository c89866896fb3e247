import { stat } from 'node:fs/promises';
import { listWhatCounts } from './read-folder.ts';

/** How a folder looks from outside; cheaper to find out than what its files say. */
export interface FolderState {
  /** Changes whenever a file that counts does: names, sizes, times and places on disk. */
  mark: string;
  /** Whether the last change is so long ago that another would have another time. */
  isSettled: boolean;
}

/** Times of files are no finer than this on the coarsest file systems, milliseconds. */
const COARSEST_MS = 2_000;

/** @throws Error when the folder cannot be read */
export async function stateOfFolder(folder: string): Promise<FolderState> {
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
    // Whoever copies a file can set back the one time, but not the other.
    const { mtimeMs, ctimeMs, size, ino } = await stat(path);
    const mark = [path, mtimeMs, ctimeMs, size, ino].join(' ');
    return { mark, changedAt: Math.max(mtimeMs, ctimeMs) };
  } catch (error) {
    return { mark: `${path} ${String((error as NodeJS.ErrnoException).code)}`, changedAt: 0 };
  }
}
