/** A file of the prompts folder that cannot be used; the message names it and says what is wrong. */
export class PromptFileError extends Error {
  override name = 'PromptFileError';
  readonly file: string;
  readonly what: string;

  constructor(file: string, what: string, options?: ErrorOptions) {
    super(`${file}: ${what}`, options);
    [this.file, this.what] = [file, what];
  }

  /** Wraps an error in a file; one that names its file stays as it is. */
  static of(file: string, cause: unknown): PromptFileError {
    if (cause instanceof PromptFileError) return cause;
    const what = cause instanceof Error ? cause.message : String(cause);
    return new PromptFileError(file, what, { cause });
  }
}
