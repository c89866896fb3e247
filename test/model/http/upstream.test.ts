import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeOfStatus, LONGEST_TIMER_MS, retryAfterMs } from '../../../src/model/http/upstream.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const wait = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), NOW);

describe('an error status', () => {
  it.each([
    [302, 'model_rejected'],
    [400, 'model_rejected'],
    [401, 'model_auth_failed'],
    [402, 'model_spend_limit'],
    [403, 'model_auth_failed'],
    [404, 'model_rejected'],
    [408, 'model_unavailable'],
    [409, 'model_unavailable'],
    [422, 'model_rejected'],
    [429, 'model_rate_limited'],
    [500, 'model_unavailable'],
    [529, 'model_unavailable'],
  ])('%i means %s', (status, code) => {
    expect(codeOfStatus(status)).toBe(code);
  });
});

describe('the time to wait', () => {
  it.each([
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['parts of seconds', { 'retry-after': '0.25' }, 250],
    ['a date', { 'retry-after': 'Mon, 23 Nov 2026 12:01:30 GMT' }, 90_000],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1_500],
    ['milliseconds before seconds', { 'retry-after-ms': '1500', 'retry-after': '30' }, 1_500],
    ['parts of milliseconds, rounded up', { 'retry-after-ms': '0.4' }, 1],
    ['an hour, which is for the caller to judge', { 'retry-after': '3600' }, 3_600_000],
  ])('is read from %s', (_dialect, headers, ms) => {
    expect(wait(headers as unknown as Record<string, string>)).toBe(ms);
  });

  it.each([
    ['nothing', {}],
    ['zero', { 'retry-after': '0' }],
    ['a negative number', { 'retry-after': '-5' }],
    ['words', { 'retry-after': 'soon' }],
    ['a date that is past', { 'retry-after': 'Mon, 23 Nov 2026 11:59:00 GMT' }],
    ['infinity', { 'retry-after': 'Infinity' }],
    ['longer than a timer can run', { 'retry-after': '2147484' }],
    ['broken milliseconds', { 'retry-after-ms': 'NaN' }],
  ])('is not taken from %s', (_name, headers) => {
    expect(wait(headers as unknown as Record<string, string>)).toBeNull();
  });

  it('is never shorter than told, and never longer than a timer can run', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (ms) => {
        const told = wait({ 'retry-after-ms': String(ms) });
        const isFit = ms > 0 && ms <= LONGEST_TIMER_MS;
        expect(told).toBe(isFit ? Math.ceil(ms) : null);
      }),
    );
  });
});
