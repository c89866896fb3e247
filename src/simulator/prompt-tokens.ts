import type { Segment } from './segments.ts';

/** Cost of the frame of a request around its blocks. It is never part of a cached prefix. */
const FRAME_TOKENS = 7;

/** The size of a prompt: what `count_tokens` says and what a message is billed, cached or not. */
export function countPromptTokens(segments: readonly Segment[], factor = 1): number {
  return Math.round(segments.reduce((sum, { tokens }) => sum + tokens, FRAME_TOKENS) * factor);
}

/** The same segments as a model has them of which each byte of a text is a token. */
export const inBytes = (segments: readonly Segment[]): Segment[] =>
  segments.map((segment) => ({ ...segment, tokens: segment.bytes }));

/**
 * The same segments as a model has them that makes `factor` tokens of one. It is the prefixes that are
 * rounded, so that no error adds up.
 */
export function scaleSegments(segments: readonly Segment[], factor: number): Segment[] {
  let size = 0;
  return segments.map((segment) => {
    const before = Math.round(size * factor);
    size += segment.tokens;
    return { ...segment, tokens: Math.round(size * factor) - before };
  });
}
