import { buildCleaner } from '../http/words.ts';
import type { Provider } from '../provider.ts';
import { readAnswer } from './answer.ts';
import type { OpenAiExchange } from './exchange.ts';
import { unreachable } from './failure.ts';
import { onlyObject } from './only-object.ts';
import { toBody, type Structured } from './request.ts';

export interface OpenAiSettings {
  /** What the provider is called in the settings, in problems and in the ledger. */
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
      // What such servers cache they cache unasked, and charge nothing for writing it.
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
            // What was read before the abort is not passed on after it.
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
