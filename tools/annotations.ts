import type { Annotations } from '../src/core/tool/define-tool.ts';

/** Reads, asks a model, may word things differently each time. */
export const CALLS_MODEL: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};

/** Reads tollgate's own ledger; free and without side effects. */
export const READ_ONLY: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Writes down what the caller says; saying it again changes nothing. */
export const WRITES_FEEDBACK: Annotations = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
