import type { FieldError } from '../../../../schemas/wire/problem.ts';
import type { Form } from './shape.ts';

/** Work for a thread. Schemas and values are JSON, so that their size is known before they are sent. */
export type Job =
  | { op: 'review'; schema: string; form: Form }
  | { op: 'check'; schema: string; value: string }
  /** Without a text only the pattern itself is looked at. */
  | { op: 'match'; pattern: string; flags: string; text: string | null };

/**
 * `unusable`: what is wrong with the schema or the pattern itself. Else what is wrong with the value, by the
 * first mistakes; empty where it fits.
 */
export type Verdict = { unusable: FieldError[] } | { errors: FieldError[] };

/** Message of a thread: once that it is loaded, then one verdict for each job. */
export type CheckMessage = 'ready' | Verdict | { failure: string };
