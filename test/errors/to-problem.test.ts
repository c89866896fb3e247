import { describe, expect, it } from 'vitest';
import { Problem } from '../../schemas/wire/problem.ts';
import { CODES, rowOf, type Code } from '../../src/errors/codes.ts';
import { problem, toWireProblem } from '../../src/errors/problem.ts';
import { toProblem } from '../../src/errors/to-problem.ts';

const frameworkError = (statusCode: unknown): Error =>
  Object.assign(new Error('Said by the framework'), { statusCode });

describe('toProblem', () => {
  it('lets a problem of ours through as it is', () => {
    const ours = problem('unknown_tool', { detail: 'There is no such tool.' });
    expect(toProblem(ours)).toBe(ours);
  });

  it.each([
    [400, 'invalid_request'],
    [404, 'unknown_route'],
    [405, 'method_not_allowed'],
    [406, 'not_acceptable'],
    [413, 'payload_too_large'],
    [415, 'unsupported_media_type'],
    [418, 'invalid_request'],
    [499, 'invalid_request'],
  ] as const)('keeps the meaning of a framework error %i and what it said', (status, code) => {
    expect(toProblem(frameworkError(status))).toMatchObject({
      code,
      details: { detail: 'Said by the framework' },
    });
  });

  it.each([399, 500, 503, '404', undefined])('takes status %j for a bug of ours', (status) => {
    expect(toProblem(frameworkError(status)).code).toBe('internal_error');
  });

  it.each([
    new TypeError('secret path /home/x'),
    'a string',
    42,
    null,
    undefined,
    { statusCode: 404 },
  ])('tells nobody what was inside an unexpected throw, but keeps it for the log: %j', (thrown) => {
    const { code, details } = toProblem(thrown);
    expect(code).toBe('internal_error');
    expect(details.detail).not.toContain('secret');
    expect(details.cause).toBe(thrown);
  });
});

describe('toWireProblem', () => {
  const where = { baseUrl: 'https://gate.example', callId: 'call_1' };

  it.each(Object.keys(CODES) as Code[])('makes a valid problem of a bare %s', (code) => {
    const wire = toWireProblem(problem(code, { detail: 'What happened.' }), where);
    expect(Problem.strict().parse(wire)).toEqual(wire);
    expect(wire).toMatchObject({
      code,
      status: rowOf(code).status,
      detail: 'What happened.',
      retryable: ['same', 'after_delay'].includes(wire.retry_strategy),
      call_id: 'call_1',
      instance: '/v1/calls/call_1',
      type: `https://gate.example/errors/${code}`,
    });
    expect(wire.next_actions).not.toEqual([]);
  });

  it('prefers what the thrower knows over the table', () => {
    const details = {
      detail: 'No.',
      retryAfterMs: 1_500,
      nextActions: [{ action: 'wait_here', why: 'It is nearly done' }],
      errors: [{ pointer: '/a', code: 'too_big', detail: 'Too big' }],
      limits: [{ budget: 'b', unit: 'usd', limit: 1, used: 2, remaining: 0, resets_at: null }],
      partial: { usable: true, text_chars: 3 },
      upstream: { provider: 'p', model: null, status: 529, type: null, request_id: null },
    };
    expect(toWireProblem(problem('model_unavailable', details), where)).toMatchObject({
      retry_after_ms: 1_500,
      next_actions: details.nextActions,
      errors: details.errors,
      limits: details.limits,
      partial: details.partial,
      upstream: details.upstream,
    });
  });

  it('names no call where none was made, and never the cause', () => {
    const found = problem('internal_error', { detail: 'Oh.', cause: new Error('secret') });
    const wire = toWireProblem(found, { ...where, callId: null });
    expect(wire.call_id).toBeNull();
    expect(wire).not.toHaveProperty('instance');
    expect(JSON.stringify(wire)).not.toContain('secret');
  });
});
