import type { SseEvent } from './sse.ts';
import { toDeltaUsage } from './usage.ts';
import type { Usage } from './usage.ts';
import type { Generation } from './generation.ts';

/** A message and the events it is streamed as; null is spelled out wherever nothing is meant. */
export interface MessageFacts {
  readonly id: string;
  readonly model: string;
  readonly usage: Usage;
}

/** The output count of `message_start` is known to mean nothing: 1 to 4. */
const PLACEHOLDER_OUTPUT_TOKENS = 2;

export function toMessage(facts: MessageFacts, text: string, generation: Generation): object {
  return {
    ...buildShell(facts),
    content: text === '' ? [] : [{ type: 'text', text, citations: null }],
    stop_reason: generation.stopReason,
    stop_sequence: generation.stopSequence,
    usage: facts.usage,
  };
}

export function messageStart(facts: MessageFacts): SseEvent {
  const usage = { ...facts.usage, output_tokens: PLACEHOLDER_OUTPUT_TOKENS };
  return { type: 'message_start', message: { ...buildShell(facts), usage } } as SseEvent;
}

export const PING: SseEvent = { type: 'ping' };

export function blockStart(): SseEvent {
  const content_block = { type: 'text', text: '', citations: null };
  return { type: 'content_block_start', index: 0, content_block } as SseEvent;
}

export function textDelta(text: string): SseEvent {
  const delta = { type: 'text_delta', text };
  return { type: 'content_block_delta', index: 0, delta } as SseEvent;
}

export function blockStop(): SseEvent {
  return { type: 'content_block_stop', index: 0 } as SseEvent;
}

export function messageDelta(usage: Usage, generation: Generation): SseEvent {
  const delta = {
    stop_reason: generation.stopReason,
    stop_sequence: generation.stopSequence,
    stop_details: null,
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
