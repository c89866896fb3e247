import type { Problem } from '../../schemas/wire/problem.ts';
import { rowOf, type Code } from './codes.ts';

/** Facts known where it fails; the table knows the rest. */
export interface ProblemDetails {
  detail: string;
  retryAfterMs?: number;
  /** False where the provider asks not to be sent the same request again; for retries inside only. */
  sameModelMayHelp?: false;
  nextActions?: Problem['next_actions'];
  errors?: Problem['errors'];
  limits?: Problem['limits'];
  partial?: Problem['partial'];
  upstream?: Problem['upstream'];
  /** For the log only; never leaves the process. */
  cause?: unknown;
}

/** The one error class: a code of the table plus what is special this time. */
export class ProblemError extends Error {
  readonly code: Code;
  readonly details: ProblemDetails;

  constructor(code: Code, details: ProblemDetails) {
    super(details.detail, { cause: details.cause });
    this.name = 'ProblemError';
    this.code = code;
    this.details = details;
  }
}

/** Build the error to throw: `throw problem('unknown_tool', { detail: … })`. */
export const problem = (code: Code, details: ProblemDetails): ProblemError =>
  new ProblemError(code, details);

/** Nobody hears the answer any more. */
export const callerGone = (): ProblemError =>
  problem('cancelled', { detail: 'The caller went away before the answer was complete.' });

/** Whether sending the same call again can succeed. */
export const isRetryable = (code: Code): boolean =>
  rowOf(code).retry === 'same' || rowOf(code).retry === 'after_delay';

/** The wire form. `baseUrl` has no trailing slash; `callId` is null where no call was made. */
export function toWireProblem(
  { code, details }: ProblemError,
  { baseUrl, callId }: { baseUrl: string; callId: string | null },
): Problem {
  const row = rowOf(code);
  const page = `${baseUrl}/errors/${code}`;
  return {
    type: page,
    title: row.title,
    status: row.status,
    detail: details.detail,
    ...(callId !== null && { instance: `/v1/calls/${callId}` }),
    code,
    category: row.category,
    retryable: isRetryable(code),
    retry_after_ms: details.retryAfterMs ?? null,
    retry_strategy: row.retry,
    next_actions: details.nextActions ?? [...row.actions],
    ...(details.errors && { errors: details.errors }),
    ...(details.limits && { limits: details.limits }),
    ...(details.partial && { partial: details.partial }),
    ...(details.upstream && { upstream: details.upstream }),
    call_id: callId,
    doc_url: page,
  };
}
