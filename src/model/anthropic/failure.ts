import { problem, type ProblemError } from '../../errors/problem.ts';
import type { Code } from '../../errors/codes.ts';

/** The parts of the SDK's APIError that matter; read by shape so that no SDK is loaded for it. */
interface ApiError {
  status?: number;
  type?: string | null;
  errorCode?: string | null;
  apiMessage?: string | null;
  requestID?: string | null;
  headers?: Headers;
}

/** 429s that waiting does not cure. */
const SPENT = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);

/** Anything thrown by the SDK or its stream -> our problem, with what the provider said. */
export function toUpstreamProblem(error: unknown, model: string): ProblemError {
  const api: ApiError = error instanceof Error ? (error as ApiError) : {};
  const code = codeOf(error, api);
  return problem(code, {
    detail: detailOf(code, api, model),
    ...retryAfter(api.headers),
    upstream: {
      provider: 'anthropic',
      model,
      status: api.status ?? null,
      type: api.errorCode ?? api.type ?? null,
      request_id: api.requestID ?? null,
    },
    cause: error,
  });
}

const BY_STATUS: Partial<Record<number, Code>> = {
  401: 'model_auth_failed',
  402: 'model_spend_limit',
  403: 'model_auth_failed',
  408: 'model_unavailable',
  409: 'model_unavailable',
  429: 'model_rate_limited',
};

function codeOf(error: unknown, { status, errorCode }: ApiError): Code {
  if (status === undefined) {
    return isConnectionError(error) ? 'model_unavailable' : 'model_stream_broken';
  }
  if (SPENT.has(errorCode ?? '')) return 'model_spend_limit';
  return BY_STATUS[status] ?? (status >= 500 ? 'model_unavailable' : 'model_rejected');
}

/** The SDK has this class for what failed before any response; bare errors come from a broken body. */
const isConnectionError = (error: unknown): boolean =>
  error instanceof Error && error.constructor.name.startsWith('APIConnection');

function detailOf(code: Code, api: ApiError, model: string): string {
  const said = api.apiMessage ? ` It said: ${api.apiMessage.slice(0, 300)}` : '';
  if (code === 'model_stream_broken')
    return `The answer of ${model} broke off before its end.${said}`;
  if (api.status === undefined) return `${model} could not be reached.`;
  return `${model} answered with status ${String(api.status)}.${said}`;
}

/** A timer set for longer fires at once: an agent that obeys would call again without end. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** `retry-after-ms`, or `retry-after` in seconds or as an HTTP date. */
function retryAfter(headers: Headers | undefined): { retryAfterMs?: number } {
  const ms = headers?.get('retry-after-ms');
  const after = headers?.get('retry-after');
  const wait = ms ? Number(ms) : after ? (Number(after) || secondsUntil(after)) * 1000 : Number.NaN;
  return wait > 0 && wait <= LONGEST_TIMER_MS ? { retryAfterMs: Math.ceil(wait) } : {};
}

const secondsUntil = (date: string): number => (Date.parse(date) - Date.now()) / 1000;
