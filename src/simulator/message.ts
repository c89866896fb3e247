import type { Block, Generation } from './generation.ts';
import type { SseEvent } from './sse.ts';
import { toDeltaUsage } from './usage.ts';
import type { MessageUsage } from './usage.ts';

/** A message and the events it is streamed as; null is spelled out wherever nothing is meant. */
export interface MessageFacts {
  readonly id: string;
  readonly model: string;
  readonly usage: MessageUsage;
}

/** The output count of `message_start` is known to mean nothing: 1 to 4. */
const PLACEHOLDER_OUTPUT_TOKENS = 2;

export function toMessage(facts: MessageFacts, generation: Generation): object {
  return {
    ...buildShell(facts),
    content: generation.blocks.map(toContent),
    stop_reason: generation.stopReason,
    stop_sequence: generation.stopSequence,
    stop_details: generation.stopDetails,
    usage: facts.usage,
  };
}

function toContent(block: Block): object {
  const text = block.tokens.join('');
  if (block.type === 'text') return { type: 'text', text, citations: null };
  if (block.type === 'thinking') {
    return { type: 'thinking', thinking: text, signature: block.signature };
  }
  const { id, name } = block;
  return { type: 'tool_use', id, name, input: parseInput(text), caller: null };
}

/** The input of a call that `max_tokens` cut short is no JSON any more. */
function parseInput(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return {};
  }
}

export function messageStart(facts: MessageFacts): SseEvent {
  const usage = { ...facts.usage, output_tokens: PLACEHOLDER_OUTPUT_TOKENS };
  return { type: 'message_start', message: { ...buildShell(facts), usage } } as SseEvent;
}

export const PING: SseEvent = { type: 'ping' };

export function blockStart(index: number, block: Block): SseEvent {
  const content_block = toContent(emptied(block));
  return { type: 'content_block_start', index, content_block } as SseEvent;
}

function emptied(block: Block): Block {
  const tokens: readonly string[] = [];
  return block.type === 'thinking' ? { ...block, tokens, signature: '' } : { ...block, tokens };
}

export function blockDelta(index: number, type: Block['type'], text: string): SseEvent {
  const delta = {
    text: { type: 'text_delta', text },
    thinking: { type: 'thinking_delta', thinking: text },
    tool_use: { type: 'input_json_delta', partial_json: text },
  }[type];
  return { type: 'content_block_delta', index, delta } as SseEvent;
}

export function signatureDelta(index: number, signature: string): SseEvent {
  const delta = { type: 'signature_delta', signature };
  return { type: 'content_block_delta', index, delta } as SseEvent;
}

export function blockStop(index: number): SseEvent {
  return { type: 'content_block_stop', index } as SseEvent;
}

export function messageDelta(usage: MessageUsage, generation: Generation): SseEvent {
  const delta = {
    stop_reason: generation.stopReason,
    stop_sequence: generation.stopSequence,
    stop_details: generation.stopDetails,
    container: null,
  };
  return { type: 'message_delta', delta, usage: toDeltaUsage(usage) } as SseEvent;
}

export const MESSAGE_STOP: SseEvent = { type: 'message_stop' };

function buildShell({ id, model }: MessageFacts): object {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    container: null,
    diagnostics: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
  };
}
