import { splitTokens } from './tokens.ts';
import type { MessagesRequest } from './validate-request.ts';

export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded';

export interface StopDetails {
  readonly type: 'refusal';
  readonly category:
    'cyber' | 'bio' | 'frontier_llm' | 'reasoning_extraction' | 'general_harms' | null;
  readonly explanation: string | null;
}

/** A token that is paid for but not shown is the empty text. */
type Tokens = readonly string[];

export interface ThinkingBlock {
  readonly type: 'thinking';
  readonly tokens: Tokens;
  readonly signature: string;
}

export interface TextBlock {
  readonly type: 'text';
  readonly tokens: Tokens;
}

/** Its tokens joined are the JSON text of the input. */
export interface ToolUseBlock {
  readonly type: 'tool_use';
  readonly tokens: Tokens;
  readonly id: string;
  readonly name: string;
}

export type Block = ThinkingBlock | TextBlock | ToolUseBlock;

/** Blocks to be written if nobody interrupts, and why it stops there. */
export interface Generation {
  readonly blocks: readonly Block[];
  /** Thought after the last block: no event shows it, only the usage at the end. */
  readonly lateThinkingTokens?: number;
  readonly stopReason: StopReason;
  readonly stopSequence: string | null;
  readonly stopDetails: StopDetails | null;
}

/** All the model has to say, before a stop sequence or a limit cuts it. */
export interface Draft {
  readonly thinking: ThinkingBlock | null;
  readonly text: string;
  readonly calls: readonly ToolUseBlock[];
}

type GenerationLimits = Pick<MessagesRequest, 'model' | 'maxTokens' | 'stopSequences'>;

export function planGeneration(draft: Draft, limits: GenerationLimits): Generation {
  const { model, maxTokens, stopSequences } = limits;
  const stop = firstStop(draft.text, stopSequences);
  const shown = stop ? draft.text.slice(0, stop.at) : draft.text;
  const text: TextBlock = { type: 'text', tokens: splitTokens(shown, model.family) };
  // Tool calls come after the text, so a stop in the text is before any of them.
  const after = stop ? [] : draft.calls;
  const blocks = [...(draft.thinking ? [draft.thinking] : []), text, ...after];
  const cut = cutBlocks(blocks, maxTokens);
  const ending = { blocks: cut.blocks, stopSequence: null, stopDetails: null };
  if (cut.isShorter) return { ...ending, stopReason: 'max_tokens' };
  if (stop) return { ...ending, stopReason: 'stop_sequence', stopSequence: stop.sequence };
  return { ...ending, stopReason: draft.calls.length > 0 ? 'tool_use' : 'end_turn' };
}

/** Thinking and tool calls count like text. A block of which nothing is left is not written at all. */
function cutBlocks(
  blocks: readonly Block[],
  maxTokens: number,
): { blocks: Block[]; isShorter: boolean } {
  let left = maxTokens;
  let isShorter = false;
  const kept = blocks.map((block) => {
    const tokens = block.tokens.slice(0, left);
    left -= tokens.length;
    isShorter ||= tokens.length < block.tokens.length;
    return { ...block, tokens };
  });
  return { blocks: kept.filter(({ tokens }) => tokens.length > 0), isShorter };
}

function firstStop(
  text: string,
  sequences: readonly string[],
): { at: number; sequence: string } | null {
  const found = sequences
    .map((sequence) => ({ sequence, at: text.indexOf(sequence) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  return found[0] ?? null;
}
