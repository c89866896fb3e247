import { expect, it } from 'vitest';
import { embedFor } from '../../src/cache/embed.ts';
import type { Embedder } from '../../src/cache/embedders/embedder.ts';
import { fakeCall } from '../support/calls.ts';

/** An endpoint that counts so; no text can have more than 100 tokens. */
const counting = (tokens: number | null): Embedder => ({
  index: 'http:e',
  mayServe: true,
  worst: () => ({ tokens: 100, nanoUsd: 2_000, model: 'e', nanoUsdPerToken: 20 }),
  embed: () => Promise.resolve({ vectors: [new Float32Array([1])], tokens }),
  close: () => Promise.resolve(),
});

it.each([
  [7, 7, []],
  [100, 100, []],
  [101, 100, ['input_above_limit']],
  [Number.MAX_SAFE_INTEGER, 100, ['input_above_limit']],
  [0, 100, ['input_zero']],
  [null, 100, ['input_missing']],
])(
  'an endpoint for embeddings that counts %s is charged %i tokens',
  async (said, tokens, doubts) => {
    const call = fakeCall();
    const parts = { embedder: counting(said), withinMs: 60_000, now: () => 0 };
    await embedFor(parts, call, ['How long?']);
    expect(call.meta.attempts).toMatchObject([
      {
        usage: { input: tokens, source: doubts.length === 0 ? 'provider' : 'estimated' },
        costNanoUsd: tokens * 20,
        doubts,
      },
    ]);
  },
);
