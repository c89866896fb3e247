import { messageOf, troubleInWords } from './trouble.ts';

/** A database that cannot be opened; the message is a sentence that says which, why, and what to do. */
export class StoreError extends Error {
  override name = 'StoreError';
}

const OF_FOLDERS: Partial<Record<string, string>> = {
  EACCES: 'nothing can be written there',
  EPERM: 'nothing can be written there',
  EROFS: 'nothing can be written there',
  ENOENT: 'there is no such place',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  ENOSPC: 'there is no room left on its disk',
  EDQUOT: 'there is no room left on its disk',
};

export function toStoreError(error: unknown, path: string): unknown {
  if (error instanceof StoreError) return error;
  const { code = '' } = error as { code?: string };
  const folder = OF_FOLDERS[code];
  const sentence =
    folder === undefined
      ? troubleInWords(error, path)
      : `the folder for the database ${path} cannot be made: ${folder} (${code}). Name another with TOLLGATE_DB=sqlite:/a/folder/of/yours/tollgate.db`;
  if (sentence !== null) return new StoreError(sentence, { cause: error });
  return error instanceof Error ? error : new Error(messageOf(error));
}
