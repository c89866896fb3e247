import type { Segment } from './segments.ts';

/** What the frame of a request costs around its blocks. It is never part of a cached prefix. */
const FRAME_TOKENS = 7;

/** The size of a prompt: what `count_tokens` says and what a message is billed, cached or not. */
export function countPromptTokens(segments: readonly Segment[]): number {
  return segments.reduce((sum, { tokens }) => sum + tokens, FRAME_TOKENS);
}
