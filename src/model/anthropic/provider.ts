import type Anthropic from '@anthropic-ai/sdk';
import type {
  MessageDeltaUsage,
  RawMessageStreamEvent,
  Usage,
} from '@anthropic-ai/sdk/resources/messages';
import type { Counts, ModelEvent, ModelRequest, Provider } from '../provider.ts';
import { toUpstreamProblem } from './failure.ts';

export interface AnthropicSettings {
  apiKey: string;
  /** Where to send requests; may be found out late, because the simulator starts on demand. */
  baseUrl: () => Promise<string | undefined>;
}

/**
 * The Anthropic Messages API through its SDK. The SDK never retries (only the pipeline knows the
 * deadline and the money left) and makes no spans of its own. Streams are raw: the SDK's helper has
 * no back-pressure and can swallow an error in mid-stream.
 */
export function buildAnthropicProvider(settings: AnthropicSettings): {
  provider: Provider;
  /** Load the SDK now instead of on the first call. */
  warm: () => Promise<void>;
} {
  let opened: Promise<Connection> | undefined;
  const connection = (): Promise<Connection> =>
    (opened ??= connect(settings).catch((error: unknown) => {
      opened = undefined; // What failed once may work on the next call.
      throw error;
    }));
  const provider: Provider = {
    name: 'anthropic',
    async *stream(request, signal) {
      const { client, transformSchema } = await connection();
      const params = toParams(request, transformSchema);
      try {
        const { data, request_id: requestId } = await client.messages
          .create({ ...params, stream: true }, { signal })
          .withResponse();
        yield* translate(data, requestId ?? null);
      } catch (error) {
        // An abort is the caller's doing, not a failure of the provider.
        if (!signal.aborted) throw toUpstreamProblem(error, request.model);
      }
    },
  };
  return { provider, warm: () => connection().then(() => undefined) };
}

interface Connection {
  client: Anthropic;
  transformSchema: (schema: Record<string, unknown>) => Record<string, unknown>;
}

/** Loaded on the first call: it takes some 200 ms, half of what a stdio server needs to start. */
async function connect({ apiKey, baseUrl }: AnthropicSettings): Promise<Connection> {
  const [{ default: SDK }, { transformJSONSchema }, baseURL] = await Promise.all([
    import('@anthropic-ai/sdk'),
    import('@anthropic-ai/sdk/lib/transform-json-schema'),
    baseUrl(),
  ]);
  const client = new SDK({
    apiKey,
    baseURL: baseURL ?? null,
    maxRetries: 0,
    openTelemetry: false,
    authToken: null,
  });
  return { client, transformSchema: transformJSONSchema };
}

const toParams = (
  { model, system, user, maxOutputTokens, replySchema }: ModelRequest,
  transformSchema: Connection['transformSchema'],
) => ({
  model,
  max_tokens: maxOutputTokens,
  system,
  messages: [{ role: 'user' as const, content: user }],
  output_config: { format: { type: 'json_schema' as const, schema: transformSchema(replySchema) } },
});

const STOPS: Record<string, 'complete' | 'truncated' | 'refused'> = {
  max_tokens: 'truncated',
  model_context_window_exceeded: 'truncated',
  refusal: 'refused',
};

/** Events we do not know are skipped: the API may add kinds at any time. */
async function* translate(
  stream: AsyncIterable<RawMessageStreamEvent>,
  requestId: string | null,
): AsyncGenerator<ModelEvent> {
  let last: MessageDeltaUsage | undefined;
  let stopReason = '';
  for await (const event of stream) {
    if (event.type === 'message_start') {
      yield { type: 'start', requestId, counts: promptCounts(event.message.usage) };
    } else if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
      yield { type: 'text', text: event.delta.text };
    } else if (event.type === 'message_delta') {
      last = event.usage;
      stopReason = event.delta.stop_reason ?? '';
    } else if (event.type === 'message_stop') {
      yield { type: 'end', stop: STOPS[stopReason] ?? 'complete', counts: finalCounts(last) };
    }
  }
}

/** Only `message_start` splits cache writes by time to live; its output count is a placeholder. */
const promptCounts = (usage: Usage): Counts => ({
  input: usage.input_tokens,
  cache_read: usage.cache_read_input_tokens ?? 0,
  cache_write_5m:
    usage.cache_creation?.ephemeral_5m_input_tokens ?? usage.cache_creation_input_tokens ?? 0,
  cache_write_1h: usage.cache_creation?.ephemeral_1h_input_tokens ?? 0,
});

const finalCounts = (usage: MessageDeltaUsage | undefined): Counts => ({
  ...(usage && { output: usage.output_tokens }),
  ...(typeof usage?.input_tokens === 'number' && { input: usage.input_tokens }),
  ...(typeof usage?.cache_read_input_tokens === 'number' && {
    cache_read: usage.cache_read_input_tokens,
  }),
  ...(usage?.output_tokens_details && { thinking: usage.output_tokens_details.thinking_tokens }),
});
