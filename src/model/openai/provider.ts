import { buildCleaner } from '../http/words.ts';
import type { Provider, ModelRequest } from '../provider.ts';
import { readAnswer } from './answer.ts';
import type { OpenAiExchange } from './exchange.ts';
import { unreachable } from './failure.ts';
import { onlyObject } from './only-object.ts';

export interface OpenAiSettings {
  /** The provider's name in the settings, in problems and in the ledger. */
  name: string;
  /** Null: the server asks for none. */
  apiKey: string | null;
  /** Up to and without `/chat/completions`, for example `http://127.0.0.1:8000/v1`. */
  baseUrl: string;
  structured?: Structured;
  now?: () => number;
}

/**
 * Any endpoint that speaks OpenAI's chat completions: vLLM, llama.cpp, Ollama, LM Studio, TGI and
 * hosted ones. It never retries, and it reads only as fast as it is read.
 */
export function buildOpenAiProvider(settings: OpenAiSettings): {
  provider: Provider;
  /** Load what the first call would wait for. */
  warm: () => Promise<void>;
  close: () => Promise<void>;
} {
  const { name, apiKey, structured = 'json_schema', now = Date.now } = settings;
  const cleaner = buildCleaner(apiKey === null ? [] : [apiKey]);
  let opened: Promise<OpenAiExchange> | undefined;
  // Loaded on the first call: undici takes some 100 ms, which a stdio server that lists tools saves.
  const exchange = (): Promise<OpenAiExchange> =>
    (opened ??= import('./exchange.ts').then(({ openExchange }) => openExchange(settings)));
  return {
    provider: {
      name,
      // Such servers cache unasked, and charge nothing for writing to the cache.
      cachesPrompts: false,
      async *stream(request, watch) {
        const { model, maxOutputTokens } = request;
        const asked = { provider: name, model, cleaner };
        try {
          const response = await exchange()
            .then(({ post }) => post(toBody(request, structured), watch))
            .catch((error: unknown) => {
              throw unreachable(asked, error);
            });
          const events = readAnswer(response, { asked, maxOutputTokens, now });
          for await (const event of structured === 'json_schema' ? events : onlyObject(events)) {
            // Events read before the abort are not passed on after it.
            if (watch.signal.aborted) return;
            yield event;
          }
        } catch (error) {
          if (!watch.signal.aborted) throw error;
        }
      },
    },
    warm: () => exchange().then(() => undefined),
    close: async () => {
      await (await opened)?.close();
    },
  };
}

/**
 * Way to tell a server the shape of the reply. `json_schema`: it enforces the schema. `json_object`:
 * it enforces JSON, and the schema is in the prompt. `prompt`: it knows no `response_format` at all.
 */
type Structured = 'json_schema' | 'json_object' | 'prompt';

/** The body of a chat completion. `max_tokens` is the old name, and the one that every server knows. */
const toBody = (request: ModelRequest, structured: Structured) => ({
  model: request.model,
  messages: toMessages(request, structured),
  max_tokens: request.maxOutputTokens,
  stream: true,
  stream_options: { include_usage: true },
  ...responseFormat(request, structured),
});

function toMessages({ system, user, replySchema, repair }: ModelRequest, structured: Structured) {
  const shape = `${system}\n\nAnswer with one JSON object and nothing else: no words around it, no code fence. It must be valid against this JSON Schema:\n${JSON.stringify(replySchema)}`;
  return [
    { role: 'system', content: structured === 'json_schema' ? system : shape },
    { role: 'user', content: user },
    ...(repair === null
      ? []
      : [
          { role: 'assistant', content: repair.reply },
          { role: 'user', content: repair.complaint },
        ]),
  ];
}

function responseFormat({ replySchema }: ModelRequest, structured: Structured) {
  if (structured === 'prompt') return {};
  if (structured === 'json_object') return { response_format: { type: 'json_object' } };
  const format = { name: 'reply', schema: replySchema, strict: true };
  return { response_format: { type: 'json_schema', json_schema: format } };
}
