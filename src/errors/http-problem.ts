import type { Problem } from '../../schemas/wire/problem.ts';
import { problem, ProblemError } from './problem.ts';
import { toProblem } from './to-problem.ts';

/** Errors of the HTTP framework that have a better code here than their status tells. */
const FASTIFY_CODES = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_json',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
} as const;

/** Anything thrown while a request was read or answered -> one problem, the same on every HTTP front. */
export function httpProblem(error: unknown, bodyLimitBytes: number): ProblemError {
  if (error instanceof ProblemError || !(error instanceof Error)) return toProblem(error);
  const { code: ownCode, statusCode, message } = error as ErrorOfFastify;
  if (error instanceof SyntaxError && statusCode === 400) {
    return problem('malformed_json', { detail: `The body is not JSON: ${message}.` });
  }
  const code = ownCode === undefined ? undefined : FASTIFY_CODES[ownCode];
  if (code === undefined) return toProblem(error);
  return problem(code, {
    detail: message,
    ...(code === 'payload_too_large' && { limits: [bodyLimitAs(bodyLimitBytes)] }),
  });
}

type ErrorOfFastify = Error & { code?: keyof typeof FASTIFY_CODES; statusCode?: number };

const bodyLimitAs = (limit: number) => ({
  budget: 'request body',
  unit: 'bytes',
  limit,
  used: limit,
  remaining: 0,
  resets_at: null,
});

/**
 * Headers that say in HTTP's words what the problem says in its own; they must never disagree.
 * @param baseUrl without a trailing slash; a challenge must name an absolute address (RFC 9728)
 */
export const problemHeaders = (
  { code, status, retryable, retry_after_ms: wait }: Problem,
  baseUrl: string,
): Record<string, string> => ({
  ...(isChallenged(code, status) && { 'www-authenticate': challenge(code, baseUrl) }),
  // Read by the Anthropic SDK and its relatives, over any status.
  'x-should-retry': String(retryable),
  ...(wait !== null && { 'retry-after': String(Math.ceil(wait / 1000)) }),
});

const isChallenged = (code: string, status: number): boolean =>
  status === 401 || code === 'admin_required';

/** RFC 6750: no error where nothing was sent. */
function challenge(code: string, baseUrl: string): string {
  const metadata = `resource_metadata="${baseUrl}/.well-known/oauth-protected-resource/mcp"`;
  if (code === 'missing_key') return `Bearer ${metadata}`;
  return code === 'admin_required'
    ? `Bearer error="insufficient_scope", scope="admin", ${metadata}`
    : `Bearer error="invalid_token", ${metadata}`;
}
