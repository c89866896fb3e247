const STATUS = {
  invalid_request_error: 400,
  authentication_error: 401,
  not_found_error: 404,
  request_too_large: 413,
  api_error: 500,
} as const;

type ErrorType = keyof typeof STATUS;

/** An answer of the API that is not the one asked for. */
export class ApiError extends Error {
  readonly type: ErrorType;
  readonly status: number;

  constructor(type: ErrorType, message: string) {
    super(message);
    this.name = 'ApiError';
    this.type = type;
    this.status = STATUS[type];
  }
}

export function invalid(message: string): ApiError {
  return new ApiError('invalid_request_error', message);
}

/** Whatever was thrown, as an error of the API: a bug of ours is a 500, as it is there. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError('api_error', `Internal server error: ${reason}`);
}

export function toErrorBody(error: ApiError, requestId: string): object {
  return {
    type: 'error',
    error: { type: error.type, message: error.message, details: null },
    request_id: requestId,
  };
}
