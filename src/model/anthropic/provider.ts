import type Anthropic from '@anthropic-ai/sdk';
import type {
  MessageDeltaUsage,
  RawMessageDeltaEvent as MessageDeltaEvent,
  RawMessageStreamEvent,
  Usage,
} from '@anthropic-ai/sdk/resources/messages';
import type { Connections } from '../http/connections.ts';
import type { Counts, ModelEvent, ModelRequest, OpenProvider, Stop, Watch } from '../provider.ts';
import { isApiError, toUpstreamProblem } from './failure.ts';
import { limitsOf } from './limits.ts';

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
export function buildAnthropicProvider(settings: AnthropicSettings): OpenProvider {
  let opened: Promise<Connection> | undefined;
  const connection = (): Promise<Connection> =>
    (opened ??= connect(settings).catch((error: unknown) => {
      opened = undefined; // What failed once may work on the next call.
      throw error;
    }));
  return {
    provider: {
      name: 'anthropic',
      async *stream(request, watch) {
        try {
          yield* ask(await connection(), request, watch);
        } catch (error) {
          if (watch.signal.aborted) return;
          // One without a status broke an answer whose headers were said already.
          if (isApiError(error) && error.headers && error.status !== undefined)
            yield headersEvent(error.headers, error.requestID);
          throw toUpstreamProblem(error, request.model);
        }
      },
    },
    warm: () => connection().then(() => undefined),
    close: async () => {
      await (await opened?.catch(() => undefined))?.connections.close();
    },
  };
}

async function* ask(
  { client, connections, transformSchema }: Connection,
  request: ModelRequest,
  { signal, onSent }: Watch,
): AsyncGenerator<ModelEvent> {
  const params = toParams(request, transformSchema);
  // The SDK's types know the fetch of the browser, which has no dispatcher.
  const fetchOptions = { dispatcher: connections.tracked(onSent) } as object;
  const { data, response } = await client.messages
    .create({ ...params, stream: true }, { signal, fetchOptions })
    .withResponse();
  yield headersEvent(response.headers, response.headers.get('request-id'));
  yield* translate(data);
}

const headersEvent = (headers: Headers, requestId: string | null | undefined): ModelEvent => ({
  type: 'headers',
  requestId: requestId ?? null,
  limits: limitsOf(headers, Date.now()),
});

interface Connection {
  client: Anthropic;
  connections: Connections;
  transformSchema: (schema: Record<string, unknown>) => Record<string, unknown>;
}

/** Loaded on the first call: it takes some 200 ms, half of what a stdio server needs to start. */
async function connect({ apiKey, baseUrl }: AnthropicSettings): Promise<Connection> {
  const [{ default: SDK }, { transformJSONSchema }, http, { leanFetch }, baseURL] =
    await Promise.all([
      import('@anthropic-ai/sdk'),
      import('@anthropic-ai/sdk/lib/transform-json-schema'),
      import('../http/connections.ts'),
      import('../http/lean-fetch.ts'),
      baseUrl(),
    ]);
  const client = new SDK({
    apiKey,
    baseURL: baseURL ?? null,
    maxRetries: 0,
    openTelemetry: false,
    authToken: null,
    // It would print what it cannot parse; what is wrong is in our problem and our log.
    logLevel: 'off',
    fetch: leanFetch as unknown as typeof fetch,
  });
  return {
    client,
    connections: http.openConnections(),
    transformSchema: rememberEach(transformJSONSchema),
  };
}

/** Most tools send the same schema object on every call; its translation copies all of it. */
function rememberEach(transform: Connection['transformSchema']): Connection['transformSchema'] {
  const known = new WeakMap<object, Record<string, unknown>>();
  return (schema) => {
    const found = known.get(schema) ?? transform(schema);
    known.set(schema, found);
    return found;
  };
}

function toParams(
  { model, system, user, maxOutputTokens, replySchema, cacheSystem, effort, mend }: ModelRequest,
  transformSchema: Connection['transformSchema'],
) {
  const schema = transformSchema(replySchema);
  const asked = { role: 'user' as const, content: user };
  return {
    model,
    max_tokens: maxOutputTokens,
    system: cacheSystem === null ? system : cachedText(system, cacheSystem),
    messages: mend === null ? [asked] : [asked, ...mending(mend)],
    output_config: {
      format: { type: 'json_schema' as const, schema },
      ...(effort !== undefined && takesEffort(model) && { effort }),
    },
  };
}

/** Models before Opus 4.5 know no effort, and refuse it; what a newer one does not know it refuses itself. */
const takesEffort = (model: string): boolean =>
  !/^claude-(?:[123]|(?:haiku|sonnet)-4|opus-4-(?:[01]|20))/.test(model);

const cachedText = (text: string, ttl: '5m' | '1h') => [
  { type: 'text' as const, text, cache_control: { type: 'ephemeral' as const, ttl } },
];

/** The API takes no empty turn. */
const mending = ({ reply, complaint }: NonNullable<ModelRequest['mend']>) => [
  { role: 'assistant' as const, content: reply.trim() === '' ? '(nothing)' : reply },
  { role: 'user' as const, content: complaint },
];

const STOPS: Partial<Record<string, Stop>> = {
  max_tokens: 'truncated',
  model_context_window_exceeded: 'context_exceeded',
  refusal: 'refused',
  pause_turn: 'paused',
};

async function* translate(
  stream: AsyncIterable<RawMessageStreamEvent>,
): AsyncGenerator<ModelEvent> {
  let last: MessageDeltaEvent | undefined;
  for await (const event of stream) {
    if (event.type === 'message_delta') last = event;
    const said = toEvent(event, last);
    if (said !== null) yield said;
  }
}

/** Null for what is no event of ours, and for what we do not know: the API may add kinds at any time. */
function toEvent(
  event: RawMessageStreamEvent,
  last: MessageDeltaEvent | undefined,
): ModelEvent | null {
  if (event.type === 'message_start') {
    return { type: 'start', counts: promptCounts(event.message.usage) };
  }
  if (event.type === 'content_block_delta') {
    const { delta } = event;
    if (delta.type === 'text_delta') return { type: 'text', text: delta.text };
    if (delta.type === 'thinking_delta') return { type: 'thinking', chars: delta.thinking.length };
  }
  return event.type === 'message_stop' ? endOf(last) : null;
}

const endOf = (last: MessageDeltaEvent | undefined): ModelEvent => ({
  type: 'end',
  stop: STOPS[last?.delta.stop_reason ?? ''] ?? 'complete',
  counts: finalCounts(last?.usage),
  why: last?.delta.stop_details?.explanation ?? null,
});

/**
 * Only `message_start` splits cache writes by time to live; its output count is a placeholder. What
 * it does not say, or says with null, is absent: nobody must take it for zero.
 */
const promptCounts = (usage: Usage | undefined): Counts => ({
  ...(typeof usage?.input_tokens === 'number' && { input: usage.input_tokens }),
  ...(typeof usage?.cache_read_input_tokens === 'number' && {
    cache_read: usage.cache_read_input_tokens,
  }),
  ...writes(usage),
});

function writes(usage: Usage | undefined): Counts {
  const { cache_creation: split, cache_creation_input_tokens: all } = usage ?? {};
  if (split) {
    return {
      cache_write_5m: split.ephemeral_5m_input_tokens,
      cache_write_1h: split.ephemeral_1h_input_tokens,
    };
  }
  return typeof all === 'number' ? { cache_write_5m: all } : {};
}

const finalCounts = (usage: MessageDeltaUsage | undefined): Counts => ({
  ...(usage && { output: usage.output_tokens }),
  ...(typeof usage?.input_tokens === 'number' && { input: usage.input_tokens }),
  ...(typeof usage?.cache_read_input_tokens === 'number' && {
    cache_read: usage.cache_read_input_tokens,
  }),
  ...(usage?.output_tokens_details && { thinking: usage.output_tokens_details.thinking_tokens }),
});
