import { describe, expect, it } from 'vitest';
import type { Usage } from '../../../schemas/wire/call.ts';
import type { CallMeta } from '../../../src/core/call/call.ts';
import {
  NO_USAGE,
  promptTokens,
  sumUsage,
  totalCostNanoUsd,
  totalUsage,
} from '../../../src/core/call/usage.ts';

const usage = (scale: number, source: Usage['source']): Usage => ({
  input: scale,
  output: 2 * scale,
  thinking: 3 * scale,
  cache_read: 4 * scale,
  cache_write_5m: 5 * scale,
  cache_write_1h: 6 * scale,
  source,
});

describe('usage', () => {
  it('of no attempt is nothing, counted by nobody', () => {
    expect(sumUsage([])).toEqual(NO_USAGE);
  });

  it('adds up field by field', () => {
    expect(sumUsage([usage(1, 'provider'), usage(10, 'provider')])).toEqual(usage(11, 'provider'));
  });

  it.each([
    [['provider', 'estimated'], 'estimated'],
    [['estimated', 'none'], 'estimated'],
    [['none', 'provider'], 'provider'],
    [['none', 'none'], 'none'],
  ] as const)('of parts counted by %j is counted by %s', (sources, expected) => {
    expect(sumUsage(sources.map((source) => usage(1, source))).source).toBe(expected);
  });

  it('has a prompt of everything read, at whatever price, and nothing written', () => {
    expect(promptTokens(usage(1, 'provider'))).toBe(1 + 4 + 5 + 6);
  });

  it('of a call is that of all its attempts, and so is its price', () => {
    const attempts = [
      { usage: usage(1, 'provider'), costNanoUsd: 7 },
      { usage: usage(2, 'estimated'), costNanoUsd: 5 },
    ];
    const meta = { attempts } as CallMeta;
    expect(totalUsage(meta)).toEqual(usage(3, 'estimated'));
    expect(totalCostNanoUsd(meta)).toBe(12);
  });
});
