import type { Generation } from './generation.ts';
import { blockDelta, blockStart, blockStop, signatureDelta } from './message.ts';
import { writeOut } from './pacing.ts';
import type { Pacing } from './pacing.ts';
import type { SseEvent } from './sse.ts';

/** One step of writing: what a stream shows of it, and what it is billed as. */
export interface WrittenPiece {
  /** Null for tokens that are paid for but not shown. */
  readonly event: SseEvent | null;
  readonly tokens: number;
  readonly thinkingTokens: number;
  /** Of answer text; thinking and tool input are not counted. */
  readonly textChars: number;
}

/** Writes the blocks in order, at the pace of a model. Ends early, without a throw, on `gone`. */
export async function* writeBlocks(
  { blocks, lateThinkingTokens = 0 }: Generation,
  pacing: Pacing,
  gone: AbortSignal,
): AsyncGenerator<WrittenPiece> {
  for (const [index, block] of blocks.entries()) {
    const { type } = block;
    yield free(blockStart(index, block));
    for await (const { text, tokens } of writeOut(block.tokens, pacing, gone)) {
      yield {
        event: text === '' ? null : blockDelta(index, type, text),
        tokens,
        thinkingTokens: type === 'thinking' ? tokens : 0,
        textChars: type === 'text' ? text.length : 0,
      };
    }
    if (gone.aborted) return;
    if (type === 'thinking') yield free(signatureDelta(index, block.signature));
    yield free(blockStop(index));
  }
  if (lateThinkingTokens > 0) yield hidden(lateThinkingTokens);
}

function hidden(tokens: number): WrittenPiece {
  return { event: null, tokens, thinkingTokens: tokens, textChars: 0 };
}

function free(event: SseEvent): WrittenPiece {
  return { event, tokens: 0, thinkingTokens: 0, textChars: 0 };
}
