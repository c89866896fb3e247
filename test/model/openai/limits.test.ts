import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsOf, toMs } from '../../../src/model/openai/limits.ts';

const NOW = 1_000_000;

const told = (kind: string, [limit, remaining, reset]: [string, string, string]) => ({
  [`x-ratelimit-limit-${kind}`]: limit,
  [`x-ratelimit-remaining-${kind}`]: remaining,
  [`x-ratelimit-reset-${kind}`]: reset,
});
const limits = (headers: Record<string, string>) => limitsOf(new Headers(headers), NOW);

describe('limits in headers', () => {
  it('are buckets of requests and of tokens', () => {
    const headers = {
      ...told('requests', ['60', '59', '1s']),
      ...told('tokens', ['9000', '0', '6m0s']),
    };
    expect(limits(headers)).toEqual({
      requests: { limit: 60, remaining: 59, fullAt: NOW + 1_000 },
      inputTokens: { limit: 9_000, remaining: 0, fullAt: NOW + 360_000 },
    });
  });

  it.each([
    ['nothing', {}],
    ['no reset', { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '1' }],
    ['an unlimited number', told('requests', ['-1', '-1', '0s'])],
    ['words', told('requests', ['many', 'enough', '1s'])],
    ['a size of none', told('requests', ['0', '0', '1s'])],
    ['a size beyond counting', told('requests', ['9'.repeat(13), '1', '1s'])],
    ['a reset after days', told('requests', ['60', '1', '2d'])],
    ['a reset we cannot read', told('requests', ['60', '1', 'soon'])],
  ])('are none where the server says %s', (_name, headers) => {
    expect(limits(headers)).toEqual({});
  });
});

it('of which more is left than there can be are full', () => {
  const { requests } = limits(told('requests', ['60', '999999', '1s']));
  expect(requests).toEqual({ limit: 60, remaining: 60, fullAt: NOW + 1_000 });
});

describe('the time until a reset', () => {
  it.each([
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['120ms', 120],
    ['7.66s', 7_660],
    ['1h2m3.5s', 3_723_500],
    ['1d', 86_400_000],
    ['12', 12_000],
    ['0.25', 250],
    ['0', 0],
    ['0.4ms', 1],
  ])('is read from %s', (text, ms) => {
    expect(toMs(text)).toBe(ms);
  });

  it.each([
    '',
    'soon',
    '1s later',
    '-1s',
    '1 s',
    '1w',
    's',
    '1.s',
    '1e3',
    '1760000000',
    '99d',
    null,
  ])('is not read from %o', (text) => {
    expect(toMs(text)).toBeNull();
  });

  it('is the sum of its parts', () => {
    const part = fc.nat({ max: 59 });
    const parts = fc.record({ h: part, m: part, s: part, ms: fc.nat({ max: 999 }) });
    fc.assert(
      fc.property(parts, ({ h, m, s, ms }) => {
        const text = `${String(h)}h${String(m)}m${String(s)}s${String(ms)}ms`;
        expect(toMs(text)).toBe(((h * 60 + m) * 60 + s) * 1000 + ms);
      }),
    );
  });
});
