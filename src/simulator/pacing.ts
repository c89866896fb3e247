import { setImmediate, setTimeout } from 'node:timers/promises';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';

export interface Delta {
  readonly text: string;
  readonly tokens: number;
}

export interface Pacing {
  /** Factor by which it is faster than a real model; Infinity does not wait. */
  readonly speed: number;
  readonly random: Random;
}

export function buildPacing(speed: number, seed: string): Pacing {
  return { speed, random: seededRandom(seed) };
}

const FIRST_TOKEN_MS = { from: 150, to: 350 };
const TOKENS_PER_SECOND = { from: 60, to: 90 };
const TOKENS_PER_DELTA = { from: 1, to: 6 };

/** Without waits the loop still has to come up for air, or it would never see a client leave. */
const DELTAS_PER_BREATH = 32;

/** The time a model needs to read the prompt; says whether anybody is still there after it. */
export function awaitFirstToken({ random, speed }: Pacing, gone: AbortSignal): Promise<boolean> {
  return rest(between(random, FIRST_TOKEN_MS) / speed, gone);
}

/** Hands the tokens out the way a model writes them. Ends early, without a throw, on `gone`. */
export async function* writeOut(
  tokens: readonly string[],
  pacing: Pacing,
  gone: AbortSignal,
): AsyncGenerator<Delta> {
  const { random, speed } = pacing;
  const msPerToken = 1000 / between(random, TOKENS_PER_SECOND) / speed;
  let isWanted = !gone.aborted;
  let written = 0;
  for (let count = 1; isWanted && written < tokens.length; count += 1) {
    const batch = tokens.slice(written, written + Math.floor(between(random, TOKENS_PER_DELTA)));
    written += batch.length;
    yield { text: batch.join(''), tokens: batch.length };
    if (msPerToken === 0 && count % DELTAS_PER_BREATH === 0) await setImmediate();
    isWanted = await rest(batch.length * msPerToken, gone);
  }
}

function between(random: Random, { from, to }: { from: number; to: number }): number {
  return from + random() * (to - from);
}

/** Waits; says whether anybody is still there. */
async function rest(ms: number, gone: AbortSignal): Promise<boolean> {
  if (ms > 0 && !gone.aborted) {
    await setTimeout(ms, undefined, { signal: gone }).catch(() => undefined);
  }
  return !gone.aborted;
}
