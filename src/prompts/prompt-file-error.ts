/** A file of the prompts folder that cannot be used; the message names it and says what is wrong. */
export class PromptFileError extends Error {
  override name = 'PromptFileError';

  constructor(file: string, what: string, options?: ErrorOptions) {
    super(`${file}: ${what}`, options);
  }

  static of(file: string, cause: unknown): PromptFileError {
    const what = cause instanceof Error ? cause.message : String(cause);
    return new PromptFileError(file, what, { cause });
  }
}
