import type { Annotations } from '../src/core/tool/define-tool.ts';

/** Reads, asks a model, may word things differently each time. */
export const ASKS_A_MODEL: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
};

/** Reads tollgate's own books; free and without side effects. */
export const READS_OUR_BOOKS: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

/** Writes down what the caller says; saying it again changes nothing. */
export const TELLS_US: Annotations = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
