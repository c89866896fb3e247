import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../../src/model/anthropic/limits.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const bucket = (name: string, over: Record<string, string> = {}): Record<string, string> => ({
  [`anthropic-ratelimit-${name}-limit`]: '50',
  [`anthropic-ratelimit-${name}-remaining`]: '49',
  [`anthropic-ratelimit-${name}-reset`]: '2026-11-23T12:00:30Z',
  ...over,
});
const told = { limit: 50, remaining: 49, fullAt: NOW + 30_000 };
const read = (headers: Record<string, string>) => limitsOf(new Headers(headers), NOW);

describe('the limits in the headers', () => {
  it('are three buckets, each with its size, what is left and when it is full', () => {
    expect(
      read({ ...bucket('requests'), ...bucket('input-tokens'), ...bucket('output-tokens') }),
    ).toEqual({ requests: told, inputTokens: told, outputTokens: told });
  });

  it('of all tokens stand for those of the prompt where it has none of its own', () => {
    expect(read(bucket('tokens'))).toEqual({ inputTokens: told });
    const own = bucket('input-tokens', { 'anthropic-ratelimit-input-tokens-remaining': '7' });
    expect(read({ ...bucket('tokens'), ...own }).inputTokens?.remaining).toBe(7);
  });

  it('are measured by the provider’s clock', () => {
    const date = 'Mon, 23 Nov 2026 12:00:10 GMT';
    expect(read({ ...bucket('requests'), date }).requests?.fullAt).toBe(NOW + 20_000);
    expect(read({ ...bucket('requests'), date: 'now' }).requests?.fullAt).toBe(NOW + 30_000);
  });

  it('that should be full since long are full now', () => {
    const reset = { 'anthropic-ratelimit-requests-reset': '1970-01-01T00:00:00Z' };
    expect(read(bucket('requests', reset)).requests?.fullAt).toBe(NOW);
  });

  it('keep a zero: an empty bucket is a fact', () => {
    const empty = bucket('requests', { 'anthropic-ratelimit-requests-remaining': '0' });
    expect(read(empty).requests?.remaining).toBe(0);
  });

  it.each([
    ['nothing', {}],
    ['only a part', { 'anthropic-ratelimit-requests-limit': '50' }],
    ['a size that is no number', bucket('requests', { 'anthropic-ratelimit-requests-limit': 'x' })],
    ['a size below zero', bucket('requests', { 'anthropic-ratelimit-requests-limit': '-50' })],
    ['a size of zero', bucket('requests', { 'anthropic-ratelimit-requests-limit': '0' })],
    ['a part of one', bucket('requests', { 'anthropic-ratelimit-requests-remaining': '0.5' })],
    ['infinity', bucket('requests', { 'anthropic-ratelimit-requests-limit': '1e999' })],
    [
      'a time in a far century',
      bucket('requests', { 'anthropic-ratelimit-requests-reset': '9999-01-01T00:00:00Z' }),
    ],
    ['a time that is none', bucket('requests', { 'anthropic-ratelimit-requests-reset': 'soon' })],
  ])('are absent where the provider says %s', (_what, headers) => {
    expect(read(headers)).toEqual({});
  });
});
