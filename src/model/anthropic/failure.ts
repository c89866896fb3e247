import { problem, ProblemError } from '../../errors/problem.ts';
import type { Code } from '../../errors/codes.ts';
import { fieldsOf } from '../http/bounds.ts';
import { Unreadable } from '../http/unreadable.ts';
import { codeOfStatus, retryAfterMs } from '../http/upstream.ts';
import { buildCleaner, type Cleaner } from '../http/words.ts';

/** The parts of the SDK's APIError that matter; read by shape so that no SDK is loaded for it. */
export interface SdkError {
  status?: number;
  type?: unknown;
  errorCode?: unknown;
  apiMessage?: unknown;
  requestID?: string | null;
  headers?: Headers;
}

/** The SDK has a class per status; all of them carry the response's headers. */
export const isApiError = (error: unknown): error is Error & SdkError =>
  error instanceof Error && 'headers' in error && 'status' in error;

/** 429s that waiting does not cure. */
const SPENT = new Set<unknown>(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);

/** Cleans the provider's words of our secrets, and tells the time. */
export interface ErrorReading {
  cleaner: Cleaner;
  now: () => number;
}

/** Anything thrown by the SDK or while its answer was read -> our problem, with what the provider said. */
export function toUpstreamProblem(
  error: unknown,
  model: string,
  { cleaner, now }: ErrorReading = { cleaner: buildCleaner([]), now: Date.now },
): ProblemError {
  if (error instanceof ProblemError) return error;
  const api: SdkError = error instanceof Error ? (error as SdkError) : {};
  const code = codeOf(error, api);
  const waitMs = api.headers ? retryAfterMs(api.headers, now()) : null;
  return problem(code, {
    detail: detailOf(error, code, { model, said: saidBy(api, cleaner) }),
    ...(waitMs !== null && { retryAfterMs: waitMs }),
    ...(shouldRetry(api) === false && { sameModelMayHelp: false }),
    upstream: {
      provider: 'anthropic',
      model,
      status: api.status ?? null,
      type: cleaner.name(api.errorCode) ?? cleaner.name(api.type),
      request_id: cleaner.name(api.requestID),
    },
    cause: cleaner.error(error),
  });
}

/** The provider says in mid-stream that it cannot go on. */
export function breakdown(
  event: Readonly<Record<string, unknown>>,
  { model, cleaner }: { model: string; cleaner: Cleaner },
): ProblemError {
  const { type, message, details } = fieldsOf(event['error']);
  const said = typeof message === 'string' ? ` It said: ${cleaner.words(message)}` : '';
  return problem('model_stream_broken', {
    detail: `The answer of ${model} broke off before its end.${said}`,
    upstream: {
      provider: 'anthropic',
      model,
      status: null,
      type: cleaner.name(fieldsOf(details)['error_code']) ?? cleaner.name(type),
      request_id: cleaner.name(event['request_id']),
    },
  });
}

/** The one mistake of a caller that the API has no code of its own for. */
const TOO_LONG = /prompt is too long/i;

/** `x-should-retry` says what a status only hints at. */
function shouldRetry({ headers }: SdkError): boolean | null {
  const said = headers?.get('x-should-retry');
  return said === 'true' || said === 'false' ? said === 'true' : null;
}

function codeOf(error: unknown, api: SdkError): Code {
  const { status, errorCode, apiMessage } = api;
  if (status === undefined) {
    return isConnectionError(error) ? 'model_unavailable' : 'model_stream_broken';
  }
  if (SPENT.has(errorCode)) return 'model_spend_limit';
  const isTooLong = typeof apiMessage === 'string' && TOO_LONG.test(apiMessage);
  if (status === 400 && isTooLong) return 'context_exceeded';
  const code = codeOfStatus(status);
  return code === 'model_rejected' && shouldRetry(api) === true ? 'model_unavailable' : code;
}

/** The SDK has this class for what failed before any response; bare errors come from a broken body. */
const isConnectionError = (error: unknown): boolean =>
  error instanceof Error && error.constructor.name.startsWith('APIConnection');

const saidBy = ({ apiMessage }: SdkError, cleaner: Cleaner): string =>
  typeof apiMessage === 'string' && apiMessage !== ''
    ? ` It said: ${cleaner.words(apiMessage)}`
    : '';

function detailOf(
  error: unknown,
  code: Code,
  { model, said }: { model: string; said: string },
): string {
  if (error instanceof Unreadable) return `The answer of ${model} cannot be read. ${error.message}`;
  if (code === 'model_stream_broken')
    return `The answer of ${model} broke off before its end.${said}`;
  const { status } = error as SdkError;
  if (status === undefined) return `${model} could not be reached.`;
  return `${model} answered with status ${String(status)}.${said}`;
}
