import { splitTokens } from './tokens.ts';
import type { MessagesRequest } from './validate-request.ts';

/** What will be written if nobody interrupts, and why it stops there. */
export interface Generation {
  readonly tokens: readonly string[];
  readonly stopReason: 'end_turn' | 'max_tokens' | 'stop_sequence';
  readonly stopSequence: string | null;
}

export function planGeneration(text: string, request: MessagesRequest): Generation {
  const { model, maxTokens, stopSequences } = request;
  const stop = firstStop(text, stopSequences);
  const tokens = splitTokens(stop ? text.slice(0, stop.at) : text, model.family);
  if (tokens.length > maxTokens) {
    const cut = tokens.slice(0, maxTokens);
    return { tokens: cut, stopReason: 'max_tokens', stopSequence: null };
  }
  return stop
    ? { tokens, stopReason: 'stop_sequence', stopSequence: stop.sequence }
    : { tokens, stopReason: 'end_turn', stopSequence: null };
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
