import { readFileSync } from 'node:fs';
import { UsageError } from '../shared/fail.ts';

/** What is wrong with the file itself, by what the system says. */
const IN_WORDS: Partial<Record<string, string>> = {
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read',
  // A decoder that is strict.
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8: save it as that',
};

/**
 * The text of a file of cases. What is not UTF-8 is refused: cases would ask for answers with a replacement
 * character, and no version would find one.
 * @throws UsageError
 */
export function readCaseFile(promptId: string, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new UsageError(
        `there are no cases for "${promptId}": write ${file}, or name a file, --cases`,
      );
    const said = IN_WORDS[code];
    throw said === undefined ? error : new UsageError(`${file}: ${said}`);
  }
}
