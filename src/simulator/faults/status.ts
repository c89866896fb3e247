import { ApiError } from '../errors.ts';
import type { ErrorExtras, ErrorType } from '../errors.ts';
import type { Effects, Fault, FaultContext, FaultParam, ReadParam } from './fault.ts';

interface StatusFault {
  readonly name: string;
  readonly description: string;
  readonly params?: Readonly<Record<string, FaultParam>>;
  readonly error: (param: ReadParam, context: FaultContext) => ApiError;
}

const MAX_WAIT_S = 365 * 24 * 60 * 60;

function seconds(value: number): FaultParam {
  return { default: value, min: 0, max: MAX_WAIT_S, meaning: 'seconds the client is told to wait' };
}

const RETRY_AFTER_S = { retry_after: seconds(1) };

function fail(type: ErrorType, message: string, extras: ErrorExtras = {}): StatusFault['error'] {
  return () => new ApiError(type, message, extras);
}

function limited(message: string, errorCode?: string): StatusFault['error'] {
  return (param) =>
    new ApiError('rate_limit_error', message, {
      headers: { 'retry-after': String(param('retry_after')) },
      ...(errorCode === undefined ? {} : { errorCode }),
    });
}

const RATE_LIMITED = 'This request would exceed your rate limit. Please try again later.';

const BAD_GATEWAY_HTML = `<html>
<head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>edge</center></body>
</html>
`;

const ROWS: readonly StatusFault[] = [
  {
    name: 'invalid-request-400',
    description: '400 invalid_request_error: the request itself is wrong.',
    error: fail('invalid_request_error', 'messages: this request is not valid'),
  },
  {
    name: 'authentication-401',
    description: '401 authentication_error: the key is not accepted.',
    error: fail('authentication_error', 'invalid x-api-key'),
  },
  {
    name: 'billing-402',
    description: '402 billing_error: there is a problem with the payment.',
    error: fail('billing_error', 'Your credit balance is too low to access the API.'),
  },
  {
    name: 'permission-403',
    description: '403 permission_error: the key may not do this.',
    error: fail('permission_error', 'Your API key does not have permission to use this resource.'),
  },
  {
    name: 'not-found-404',
    description: '404 not_found_error: there is no such model.',
    error: fail('not_found_error', 'model: not found'),
  },
  {
    name: 'too-large-413',
    description: '413 request_too_large: the body is over the limit.',
    error: fail('request_too_large', 'Request exceeds the maximum size'),
  },
  {
    name: 'rate-limit-429',
    description: '429 rate_limit_error with retry-after in seconds.',
    params: RETRY_AFTER_S,
    error: limited(RATE_LIMITED),
  },
  {
    name: 'rate-limit-429-date',
    description: '429 rate_limit_error with retry-after as an HTTP date.',
    params: { retry_after: seconds(2) },
    error: (param, { now }) => {
      // An HTTP date has whole seconds; rounding down could name a moment that is over.
      const at = Math.ceil(now.getTime() / 1000 + param('retry_after')) * 1000;
      return new ApiError('rate_limit_error', RATE_LIMITED, {
        headers: { 'retry-after': new Date(at).toUTCString() },
      });
    },
  },
  {
    name: 'rate-limit-429-ms',
    description: '429 rate_limit_error with retry-after-ms.',
    params: {
      retry_after_ms: { ...seconds(50), meaning: 'milliseconds the client is told to wait' },
    },
    error: (param) =>
      new ApiError('rate_limit_error', RATE_LIMITED, {
        headers: { 'retry-after-ms': String(param('retry_after_ms')) },
      }),
  },
  {
    name: 'rate-limit-429-absurd',
    description: '429 rate_limit_error with a retry-after that no caller can wait for.',
    params: { retry_after: seconds(86_400) },
    error: limited(RATE_LIMITED),
  },
  {
    name: 'ramp-limit-429',
    description: '429 ramp_limit_exceeded: the rate rose too steeply; it passes.',
    params: RETRY_AFTER_S,
    error: limited('Your request rate rose too quickly.', 'ramp_limit_exceeded'),
  },
  {
    name: 'enforced-spend-limit-429',
    description: '429 enforced_spend_limit_reached: no retry helps before the month is over.',
    error: fail('rate_limit_error', 'You have reached the monthly spend limit of your tier.', {
      errorCode: 'enforced_spend_limit_reached',
    }),
  },
  {
    name: 'contract-spend-limit-429',
    description: '429 contract_spend_limit_reached: no retry helps before the contract changes.',
    error: fail('rate_limit_error', 'You have reached the spend limit of your contract.', {
      errorCode: 'contract_spend_limit_reached',
    }),
  },
  {
    name: 'api-error-500',
    description: '500 api_error: something broke inside the API.',
    error: fail('api_error', 'Internal server error'),
  },
  {
    name: 'bad-gateway-502',
    description: '502 from the edge: a page of HTML instead of the JSON of the API.',
    error: fail('api_error', 'Bad gateway', { status: 502, html: BAD_GATEWAY_HTML }),
  },
  {
    name: 'unavailable-503',
    description: '503 api_error: the service is not available.',
    error: fail('api_error', 'Service unavailable', { status: 503 }),
  },
  {
    name: 'timeout-504',
    description: '504 timeout_error: the API gave up on the request.',
    error: fail('timeout_error', 'Request timed out'),
  },
  {
    name: 'overloaded-529',
    description: '529 overloaded_error: the model has no room at the moment.',
    error: fail('overloaded_error', 'Overloaded'),
  },
  {
    name: 'retryable-400',
    description: '400 with x-should-retry: true, which the status alone would not allow.',
    error: fail('invalid_request_error', 'This request failed, but may be sent again', {
      headers: { 'x-should-retry': 'true' },
    }),
  },
  {
    name: 'final-500',
    description: '500 with x-should-retry: false, which the status alone would allow.',
    error: fail('api_error', 'This request failed and will fail again', {
      headers: { 'x-should-retry': 'false' },
    }),
  },
];

export const STATUS_FAULTS: readonly Fault[] = ROWS.map(
  ({ name, description, params = {}, error }) => ({
    name,
    group: 'status',
    description,
    harmless: false,
    streamOnly: false,
    params,
    effects: (param, context): Effects => ({ error: error(param, context) }),
  }),
);
