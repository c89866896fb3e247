import { problem, type ProblemError } from '../../errors/problem.ts';
import type { Code } from '../../errors/codes.ts';
import { codeOfStatus, retryAfterMs } from '../http/upstream.ts';

/** The parts of the SDK's APIError that matter; read by shape so that no SDK is loaded for it. */
export interface ApiError {
  status?: number;
  type?: string | null;
  errorCode?: string | null;
  apiMessage?: string | null;
  requestID?: string | null;
  headers?: Headers;
}

/** The SDK has a class per status; all of them carry the response's headers. */
export const isApiError = (error: unknown): error is Error & ApiError =>
  error instanceof Error && 'headers' in error && 'status' in error;

/** 429s that waiting does not cure. */
const SPENT = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);

/** Anything thrown by the SDK or its stream -> our problem, with what the provider said. */
export function toUpstreamProblem(error: unknown, model: string): ProblemError {
  const api: ApiError = error instanceof Error ? (error as ApiError) : {};
  const code = codeOf(error, api);
  const waitMs = api.headers ? retryAfterMs(api.headers) : null;
  return problem(code, {
    detail: detailOf(code, api, model),
    ...(waitMs !== null && { retryAfterMs: waitMs }),
    ...(shouldRetry(api) === false && { sameModelMayHelp: false }),
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

/** The one mistake of a caller that the API has no code of its own for. */
const TOO_LONG = /prompt is too long/i;

/** `x-should-retry` says what a status only hints at. */
function shouldRetry({ headers }: ApiError): boolean | null {
  const said = headers?.get('x-should-retry');
  return said === 'true' || said === 'false' ? said === 'true' : null;
}

function codeOf(error: unknown, api: ApiError): Code {
  const { status, errorCode, apiMessage } = api;
  if (status === undefined) {
    return isConnectionError(error) ? 'model_unavailable' : 'model_stream_broken';
  }
  if (SPENT.has(errorCode ?? '')) return 'model_spend_limit';
  if (status === 400 && TOO_LONG.test(apiMessage ?? '')) return 'context_exceeded';
  const code = codeOfStatus(status);
  return code === 'model_rejected' && shouldRetry(api) === true ? 'model_unavailable' : code;
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
