import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import type { ProblemError } from '../../../src/errors/problem.ts';
import { toUpstreamProblem } from '../../../src/model/anthropic/failure.ts';

const MODEL = 'claude-sonnet-5-5';
const NOW = Date.parse('2026-11-23T12:00:00Z');

/** The error that the SDK makes of a response. */
const answered = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): ProblemError =>
  toUpstreamProblem(
    APIError.generate(
      status,
      body as object,
      typeof body === 'string' ? body : undefined,
      new Headers({ 'request-id': 'req_1', ...headers }),
    ),
    MODEL,
  );

const said = (type: string, code?: string) => ({
  type: 'error',
  error: {
    type,
    message: 'Said by the provider',
    ...(code !== undefined && { details: { error_code: code }, error_code: code }),
  },
  request_id: 'req_1',
});
const retryAfter = (headers: Record<string, string>) =>
  answered(429, said('rate_limit_error'), headers).details.retryAfterMs;

describe('an answer with an error status', () => {
  it.each([
    [400, 'invalid_request_error', 'model_rejected'],
    [401, 'authentication_error', 'model_auth_failed'],
    [402, 'billing_error', 'model_spend_limit'],
    [403, 'permission_error', 'model_auth_failed'],
    [404, 'not_found_error', 'model_rejected'],
    [408, 'timeout_error', 'model_unavailable'],
    [409, 'conflict_error', 'model_unavailable'],
    [413, 'request_too_large', 'model_rejected'],
    [422, 'invalid_request_error', 'model_rejected'],
    [429, 'rate_limit_error', 'model_rate_limited'],
    [500, 'api_error', 'model_unavailable'],
    [502, 'api_error', 'model_unavailable'],
    [503, 'api_error', 'model_unavailable'],
    [504, 'timeout_error', 'model_unavailable'],
    [529, 'overloaded_error', 'model_unavailable'],
  ])('%i %s is %s, with what the provider said', (status, type, code) => {
    expect(answered(status, said(type))).toMatchObject({
      code,
      details: {
        detail: expect.stringMatching(/claude-sonnet-5-5.*Said by the provider/) as string,
        upstream: { provider: 'anthropic', model: MODEL, status, type, request_id: 'req_1' },
      },
    });
  });

  it('of a page instead of JSON keeps its status and shows none of the page', () => {
    const { code, details } = answered(502, '<html><body>Bad gateway</body></html>');
    expect(code).toBe('model_unavailable');
    expect(details.detail).toContain('502');
    expect(details.detail).not.toContain('<');
    expect(details.upstream).toMatchObject({ status: 502, type: null });
  });

  it('does not repeat a book that the provider sent', () => {
    const { details } = answered(400, {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'x'.repeat(9_000) },
    });
    expect(details.detail.length).toBeLessThan(500);
  });
});

describe('a 429', () => {
  it.each(['enforced_spend_limit_reached', 'contract_spend_limit_reached'])(
    'for %s is a spent account: waiting does not cure it',
    (code) => {
      const failure = answered(429, said('rate_limit_error', code));
      expect(failure.code).toBe('model_spend_limit');
      expect(failure.details.upstream?.type).toBe(code);
    },
  );

  it('for ramp_limit_exceeded is one to wait for', () => {
    const failure = answered(429, said('rate_limit_error', 'ramp_limit_exceeded'));
    expect(failure.code).toBe('model_rate_limited');
  });
});

describe('the word of the provider on trying again', () => {
  const told = (status: number, said: string) =>
    answered(status, { type: 'error', error: { type: 'x' } }, { 'x-should-retry': said });

  it('makes a refusal that it would take again one that passes', () => {
    expect(told(400, 'true').code).toBe('model_unavailable');
    expect(told(400, 'false').code).toBe('model_rejected');
    // What has a meaning of its own keeps it.
    expect(told(401, 'true').code).toBe('model_auth_failed');
  });

  it('keeps a request that it would not take again from the same model', () => {
    expect(told(529, 'false').details.sameModelMayHelp).toBe(false);
    expect(told(529, 'true').details).not.toHaveProperty('sameModelMayHelp');
    expect(told(529, 'maybe').details).not.toHaveProperty('sameModelMayHelp');
  });
});

describe('a prompt that is too long', () => {
  it.each(['prompt is too long: 200001 tokens > 200000 maximum', 'Prompt is too long'])(
    'is context_exceeded: %s',
    (message) => {
      const body = { type: 'error', error: { type: 'invalid_request_error', message } };
      expect(answered(400, body).code).toBe('context_exceeded');
      // The words alone say nothing.
      expect(answered(529, body).code).toBe('model_unavailable');
    },
  );
});

describe('the time to wait', () => {
  beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
  afterEach(() => vi.useRealTimers());

  it.each([
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['parts of seconds', { 'retry-after': '0.25' }, 250],
    ['a date', { 'retry-after': 'Mon, 23 Nov 2026 12:01:30 GMT' }, 90_000],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1_500],
    ['milliseconds before seconds', { 'retry-after-ms': '1500', 'retry-after': '30' }, 1_500],
    ['parts of milliseconds, rounded up', { 'retry-after-ms': '0.4' }, 1],
    ['an hour', { 'retry-after': '3600' }, 3_600_000],
  ])('is read from %s', (_dialect, headers, expected) => {
    expect(retryAfter(headers as unknown as Record<string, string>)).toBe(expected);
  });

  it.each([
    ['nothing', {}],
    ['zero', { 'retry-after': '0' }],
    ['a negative number', { 'retry-after': '-5' }],
    ['words', { 'retry-after': 'soon' }],
    ['a date that is past', { 'retry-after': 'Mon, 23 Nov 2026 11:59:00 GMT' }],
    ['infinity', { 'retry-after': 'Infinity' }],
    ['more than a number can hold', { 'retry-after': '1e400' }],
    ['longer than a timer can run', { 'retry-after': '2147484' }],
    ['a far century', { 'retry-after': 'Mon, 23 Nov 2126 12:00:00 GMT' }],
    ['broken milliseconds', { 'retry-after-ms': 'NaN' }],
  ])('is not taken from %s', (_name, headers) => {
    expect(retryAfter(headers as unknown as Record<string, string>)).toBeUndefined();
  });
});

describe('a failure without an answer', () => {
  it.each([
    new APIConnectionError({ message: 'ECONNREFUSED 10.0.0.1' }),
    new APIConnectionTimeoutError(),
  ])('is a model that could not be reached: %s', (error) => {
    const { code, details } = toUpstreamProblem(error, MODEL);
    expect(code).toBe('model_unavailable');
    expect(details.detail).toBe(`${MODEL} could not be reached.`);
    expect(details.cause).toMatchObject({ name: error.constructor.name, message: error.message });
    expect(details.upstream).toMatchObject({ status: null, request_id: null });
  });

  it.each([new TypeError('terminated'), new SyntaxError('Unexpected token'), 'a string', null])(
    'of the body is a stream that broke: %s',
    (error) => {
      expect(toUpstreamProblem(error, MODEL).code).toBe('model_stream_broken');
    },
  );

  it('that the provider announces in the stream is a broken stream with its word for it', () => {
    const error = new APIError(undefined, said('overloaded_error'), undefined, undefined);
    const { code, details } = toUpstreamProblem(error, MODEL);
    expect(code).toBe('model_stream_broken');
    expect(details.upstream?.type).toBe('overloaded_error');
  });
});
