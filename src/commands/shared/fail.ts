import { ConfigError } from '../../config/read.ts';
import { KeySecretError } from '../../identity/hash.ts';
import { ProblemError } from '../../errors/problem.ts';
import { PromptFileError } from '../../prompts/prompt-file-error.ts';
import { StoreError, troubleInWords } from '../../stores/open.ts';

/** A mistake of the person at the keyboard: a sentence, no stack trace. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Of whoever runs it, not of ours. */
const MISTAKES = [ConfigError, KeySecretError, PromptFileError, UsageError];

/** Say on standard error what went wrong. @returns the exit code */
export function explainFailure(error: unknown): 1 | 2 {
  if (MISTAKES.some((mistake) => error instanceof mistake)) {
    process.stderr.write(`tollgate: ${(error as Error).message}\n`);
    return 2;
  }
  const sentence = systemErrorInWords(error);
  const text =
    sentence ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.stderr.write(`tollgate: ${text}\n`);
  return 1;
}

interface SystemError {
  code?: string;
  port?: number;
  path?: string;
  message?: string;
}

const IN_WORDS: Partial<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: ({ port }) =>
    `port ${String(port)} is taken. Stop what listens there, or choose another: TOLLGATE_PORT=8485`,
  EADDRNOTAVAIL: () => 'this machine does not have the address to listen on. Check TOLLGATE_HOST',
  EACCES: ({ path, port }) => `no permission for ${path ?? `port ${String(port)}`}`,
  ENOENT: ({ path }) => `there is no ${path ?? 'such file'}`,
};

function systemErrorInWords(error: unknown): string | null {
  if (error instanceof StoreError || error instanceof ProblemError) return error.message;
  const system = error as SystemError;
  return IN_WORDS[system.code ?? '']?.(system) ?? troubleInWords(error, 'named by TOLLGATE_DB');
}
