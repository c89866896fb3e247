import type { CacheSplit } from './prompt-cache.ts';

/** The `usage` of a message, in the API's own words; null where nothing of the kind happened. */
export interface MessageUsage {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
  output_tokens_details: { thinking_tokens: number };
  server_tool_use: null;
  service_tier: 'standard';
  inference_geo: string;
  speed: 'standard';
}

const UNCACHED: CacheSplit = { readTokens: 0, write5mTokens: 0, write1hTokens: 0 };

/** A prompt of so many tokens, of which some were read from the cache or written to it. */
export function buildUsage(promptTokens: number, cached: CacheSplit = UNCACHED): MessageUsage {
  const { readTokens, write5mTokens, write1hTokens } = cached;
  const writeTokens = write5mTokens + write1hTokens;
  return {
    input_tokens: promptTokens - readTokens - writeTokens,
    output_tokens: 0,
    cache_creation_input_tokens: writeTokens,
    cache_read_input_tokens: readTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: write5mTokens,
      ephemeral_1h_input_tokens: write1hTokens,
    },
    output_tokens_details: { thinking_tokens: 0 },
    server_tool_use: null,
    service_tier: 'standard',
    inference_geo: 'global',
    speed: 'standard',
  };
}

/** Part that `message_delta` repeats: the cumulative counts, without the split of cache writes. */
export function toDeltaUsage(usage: MessageUsage): object {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usage;
  const { output_tokens, output_tokens_details, server_tool_use } = usage;
  return {
    input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens,
    output_tokens,
    output_tokens_details,
    server_tool_use,
  };
}
