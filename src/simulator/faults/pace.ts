import { setTimeout } from 'node:timers/promises';
import { milliseconds } from './fault.ts';
import type { Effects, Fault } from './fault.ts';

export const PACE_FAULTS: readonly Fault[] = [
  {
    name: 'slow-first-token',
    group: 'pace',
    description: 'The headers and message_start come at once, the first token late.',
    harmless: true,
    streamOnly: false,
    params: { ms: milliseconds(3000, 'how late, on top of the usual time') },
    effects: (param) => ({ firstTokenAfterMs: param('ms') }),
  },
  {
    name: 'slow-tokens',
    group: 'pace',
    description: 'The tokens trickle.',
    harmless: true,
    streamOnly: false,
    params: {
      tokens_per_second: { default: 5, min: 0.01, max: 1_000_000, meaning: 'how fast, at most' },
    },
    effects: (param) => ({ tokensPerSecond: param('tokens_per_second') }),
  },
];

/** Waits; says whether anybody is still there. Infinity waits until nobody is. */
export async function pause(ms: number, gone: AbortSignal): Promise<boolean> {
  if (gone.aborted) return false;
  if (ms === Infinity) await untilAborted(gone);
  else if (ms > 0) await setTimeout(ms, undefined, { signal: gone }).catch(() => undefined);
  return !gone.aborted;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

/** Holds tokens back before they exist, so that nobody is billed for one that was never written. */
export async function* holdTokens<Piece extends { readonly tokens: number }>(
  pieces: AsyncIterable<Piece>,
  { firstTokenAfterMs = 0, tokensPerSecond = Infinity }: Effects,
  gone: AbortSignal,
): AsyncGenerator<Piece> {
  let firstMs = firstTokenAfterMs;
  for await (const piece of pieces) {
    if (piece.tokens > 0) {
      const ms = firstMs + (piece.tokens * 1000) / tokensPerSecond;
      firstMs = 0;
      if (ms > 0 && !(await pause(ms, gone))) return;
    }
    yield piece;
  }
}
