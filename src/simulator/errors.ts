const STATUS = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
} as const;

export type ErrorType = keyof typeof STATUS;

export interface ErrorExtras {
  /** Given if the type alone does not say it: 503 is an `api_error` too. */
  readonly status?: number;
  readonly errorCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Page the edge sends instead of the API's own JSON. */
  readonly html?: string;
}

/** An answer of the API that is not the one asked for. */
export class ApiError extends Error {
  readonly type: ErrorType;
  readonly status: number;
  readonly errorCode: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string | null;

  constructor(type: ErrorType, message: string, extras: ErrorExtras = {}) {
    super(message);
    this.name = 'ApiError';
    this.type = type;
    this.status = extras.status ?? STATUS[type];
    this.errorCode = extras.errorCode ?? null;
    this.headers = extras.headers ?? {};
    this.html = extras.html ?? null;
  }
}

export function invalid(message: string): ApiError {
  return new ApiError('invalid_request_error', message);
}

/** Turns anything thrown into an error of the API: a bug of ours is a 500, as it is there. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError('api_error', `Internal server error: ${reason}`);
}

export function toErrorBody(error: ApiError, requestId: string): object {
  const { type, message, errorCode } = error;
  const details = errorCode === null ? null : { error_code: errorCode };
  return { type: 'error', error: { type, message, details }, request_id: requestId };
}

/** No answer at all: the connection is reset before its first byte. */
export class ConnectionReset extends Error {
  override name = 'ConnectionReset';
}
