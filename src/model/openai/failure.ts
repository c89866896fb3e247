import type { Code } from '../../errors/codes.ts';
import { problem, type ProblemError } from '../../errors/problem.ts';
import { Unreadable } from '../http/unreadable.ts';
import { codeOfStatus, retryAfterMs, type UpstreamHeaders } from '../http/upstream.ts';
import type { Cleaner } from '../http/words.ts';
import { NO_UPSTREAM_ERROR, type UpstreamError } from './upstream-error.ts';

/** Provider asked, for the problem. */
export interface UpstreamRequest {
  provider: string;
  model: string;
  /** Keeps what it was sent as a secret out of what is said of it. */
  cleaner: Cleaner;
}

/** An answer's source. */
export interface UpstreamResponse extends UpstreamRequest {
  status: number;
  requestId: string | null;
}

/** There is no answer: nobody listens there, or the connection broke before one came. */
export const unreachable = (
  { provider, model, cleaner }: UpstreamRequest,
  cause: unknown,
): ProblemError =>
  problem('model_unavailable', {
    detail: `${model} could not be reached.`,
    upstream: { provider, model, status: null, type: null, request_id: null },
    cause: cleaner.error(cause),
  });

/** The answer is an error: by its status, or by a body that says so. */
export function refusal(
  answered: UpstreamResponse,
  { said, headers, nowMs }: { said: UpstreamError; headers: UpstreamHeaders; nowMs: number },
): ProblemError {
  const wait = retryAfterMs(headers, nowMs);
  // With status 200 only the body can tell; a number in there is a status.
  const meant = answered.status >= 300 ? answered.status : (said.status ?? 400);
  return problem(codeOf(said, codeOfStatus(meant)), {
    detail: `${answered.model} gave no answer but status ${String(answered.status)}.${words(answered, said)}`,
    ...(wait !== null && { retryAfterMs: wait }),
    upstream: upstreamOf(answered, said),
  });
}

/** The server announces in mid-stream that it cannot go on. */
export const breakdown = (answered: UpstreamResponse, said: UpstreamError): ProblemError =>
  problem(codeOf(said, 'model_stream_broken'), {
    detail: `The answer of ${answered.model} broke off before its end.${words(answered, said)}`,
    upstream: upstreamOf(answered, said),
  });

/** The answer cannot be read, or the connection broke while it came. */
export const broken = (answered: UpstreamResponse, cause: unknown): ProblemError =>
  problem('model_stream_broken', {
    detail:
      cause instanceof Unreadable
        ? `The answer of ${answered.model} cannot be read. ${cause.message}`
        : `The answer of ${answered.model} broke off or could not be read.`,
    upstream: upstreamOf(answered, NO_UPSTREAM_ERROR),
    cause: answered.cleaner.error(cause),
  });

const upstreamOf = (
  { provider, model, status, requestId, cleaner }: UpstreamResponse,
  { type }: UpstreamError,
) => ({
  provider,
  model,
  status,
  type: cleaner.name(type),
  request_id: requestId,
});

const words = ({ cleaner }: UpstreamRequest, { message }: UpstreamError): string =>
  message === null ? '' : ` It said: ${cleaner.words(message)}`;

/** Waiting does not cure these, whatever their status. */
const SPENT = new Set(['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active']);

const TOO_LONG = new Set(['context_length_exceeded', 'exceed_context_size_error']);

/** Servers have no common word for it: OpenAI and vLLM, llama.cpp, SGLang and Ollama, LM Studio, TGI. */
const TOO_LONG_WORDS = [
  /(?:maximum|max|model's|available) (?:context|model) (?:length|size|window)/i,
  /(?:greater|longer|larger) than the context (?:length|size|window)/i,
  /context (?:length|size|window) (?:has been|was|is) exceeded|context length of only/i,
  /`inputs`.* must (?:be <=|have less than) \d/i,
];

/** The codes behind which a prompt that is too long may hide; a full rate limit is none of them. */
const MAY_BE_TOO_LONG: ReadonlySet<Code> = new Set([
  'model_rejected',
  'model_unavailable',
  'model_stream_broken',
]);

function codeOf({ type, message }: UpstreamError, code: Code): Code {
  if (SPENT.has(type ?? '')) return 'model_spend_limit';
  if (!MAY_BE_TOO_LONG.has(code)) return code;
  const isTooLong =
    TOO_LONG.has(type ?? '') || TOO_LONG_WORDS.some((pattern) => pattern.test(message ?? ''));
  return isTooLong ? 'context_exceeded' : code;
}
