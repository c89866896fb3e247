import type Anthropic from '@anthropic-ai/sdk';
import { openBody } from '../http/body.ts';
import { mostBytesOf } from '../http/bounds.ts';
import type { Connections } from '../http/connections.ts';
import type { LeanResponse } from '../http/lean-fetch.ts';
import { readEvents } from '../http/sse.ts';
import { buildCleaner, type Cleaner } from '../http/words.ts';
import type { ModelEvent, ModelRequest, OpenProvider, StreamWatch } from '../provider.ts';
import { isApiError, toUpstreamProblem, type ErrorReading } from './failure.ts';
import { limitsOf } from './limits.ts';
import { toParams, type TransformSchema } from './params.ts';
import { buildEventReader } from './read-event.ts';

export interface AnthropicSettings {
  apiKey: string;
  /** Address for requests; may be found out late, because the simulator starts on demand. */
  baseUrl: () => Promise<string | undefined>;
  now?: () => number;
}

/**
 * The Anthropic Messages API through its SDK. The SDK never retries (only the pipeline knows the
 * deadline and the money left) and makes no spans of its own. It sends and refuses; answers are read
 * here, because the SDK's reader has no bound and trusts what it reads.
 */
export function buildAnthropicProvider(settings: AnthropicSettings): OpenProvider {
  const around = { cleaner: buildCleaner([settings.apiKey]), now: settings.now ?? Date.now };
  let opened: Promise<Connection> | undefined;
  const connection = (): Promise<Connection> =>
    (opened ??= connect(settings).catch((error: unknown) => {
      opened = undefined; // What failed once may work on the next call.
      throw error;
    }));
  return {
    provider: {
      name: 'anthropic',
      cachesPrompts: true,
      async *stream(request, watch) {
        try {
          yield* ask({ ...(await connection()), ...around }, request, watch);
        } catch (error) {
          if (watch.signal.aborted) return;
          // One without a status broke an answer whose headers were said already.
          if (isApiError(error) && error.headers && error.status !== undefined)
            yield headersEvent(error.headers, around);
          throw toUpstreamProblem(error, request.model, around);
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
  { client, connections, transformSchema, ...around }: Connection & ErrorReading,
  request: ModelRequest,
  { signal, onSent }: StreamWatch,
): AsyncGenerator<ModelEvent> {
  const params = toParams(request, transformSchema);
  // The SDK's types know the fetch of the browser, which has no dispatcher.
  const fetchOptions = { dispatcher: connections.tracked(onSent) } as object;
  const response = await client.messages
    .create({ ...params, stream: true }, { signal, fetchOptions })
    .asResponse();
  yield headersEvent(response.headers, around);
  yield* readAnswer(response as unknown as LeanResponse, request, around.cleaner);
}

/** The body is always ended: read out, or hung up on. */
async function* readAnswer(
  response: LeanResponse,
  { model, maxOutputTokens, cacheSystem }: ModelRequest,
  cleaner: Cleaner,
): AsyncGenerator<ModelEvent> {
  const body = openBody(response, mostBytesOf(maxOutputTokens));
  const read = buildEventReader({ model, cacheFor: cacheSystem ?? '5m', cleaner });
  let isWhole = false;
  try {
    for await (const raw of readEvents(body)) {
      const event = read(raw);
      if (event === null) continue;
      isWhole = event.type === 'end';
      if (isWhole) body.settle();
      yield event;
      if (isWhole) return;
    }
  } finally {
    if (!isWhole) body.drop();
  }
}

const headersEvent = (headers: Headers, { cleaner, now }: ErrorReading): ModelEvent => ({
  type: 'headers',
  requestId: cleaner.name(headers.get('request-id')),
  limits: limitsOf(headers, now()),
});

interface Connection {
  client: Anthropic;
  connections: Connections;
  transformSchema: TransformSchema;
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
    // A proxy that compresses holds small events back.
    defaultHeaders: { 'accept-encoding': 'identity' },
    fetch: leanFetch as unknown as typeof fetch,
  });
  return {
    client,
    connections: http.openConnections(),
    transformSchema: rememberEach(transformJSONSchema),
  };
}

/** Most tools send the same schema object on every call; its translation copies all of it. */
function rememberEach(transform: TransformSchema): TransformSchema {
  const known = new WeakMap<object, Record<string, unknown>>();
  return (schema) => {
    const found = known.get(schema) ?? transform(schema);
    known.set(schema, found);
    return found;
  };
}
