import { problem, ProblemError } from './problem.ts';
import type { Code } from './codes.ts';

/** Statuses that frameworks raise before a route runs, and the code each has here. */
const FOREIGN: Record<number, Code> = {
  404: 'unknown_route',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
};

/**
 * Anything thrown -> one problem. Ours pass through; an error with a 4xx `statusCode` (Fastify's
 * way) keeps its meaning; everything else is our bug, whose message stays in the log as `cause`.
 */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const { statusCode, message } = foreign(error);
  if (statusCode >= 400 && statusCode < 500) {
    return problem(FOREIGN[statusCode] ?? 'invalid_request', { detail: message, cause: error });
  }
  return problem('internal_error', {
    detail: 'An unexpected error stopped the call. It is in the server log under the call id.',
    cause: error,
  });
}

function foreign(error: unknown): { statusCode: number; message: string } {
  if (!(error instanceof Error)) return { statusCode: 0, message: String(error) };
  const { statusCode } = error as { statusCode?: unknown };
  return { statusCode: typeof statusCode === 'number' ? statusCode : 0, message: error.message };
}
