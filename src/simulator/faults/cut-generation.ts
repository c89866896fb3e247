import type { Block, StopReason } from '../generation.ts';
import { REFUSAL } from '../refusal.ts';
import type { Effects, FaultParam } from './fault.ts';

export const AT_TOKEN: FaultParam = {
  default: 5,
  min: 0,
  max: 1_000_000,
  meaning: 'after how many output tokens; a shorter answer is whole',
};

/** Only the first tokens are written, and this is why. */
export function stopAt(atToken: number, stopReason: StopReason): Effects {
  return {
    plan: ({ generation, ...plan }) => ({
      ...plan,
      generation: {
        blocks: cutBlocks(generation.blocks, atToken),
        stopReason,
        stopSequence: null,
        stopDetails: stopReason === 'refusal' ? REFUSAL.stopDetails : null,
      },
    }),
  };
}

function cutBlocks(blocks: readonly Block[], atToken: number): Block[] {
  let left = atToken;
  const cut = blocks.map((block): Block => {
    const tokens = block.tokens.slice(0, left);
    left -= tokens.length;
    return { ...block, tokens };
  });
  return cut.filter(({ tokens }) => tokens.length > 0);
}
