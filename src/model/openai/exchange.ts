import { openConnections } from '../http/connections.ts';
import { leanFetch, type LeanResponse } from '../http/lean-fetch.ts';
import type { StreamWatch } from '../provider.ts';

export interface OpenAiExchange {
  /** One request; resolves when its response headers are there, whatever the status. */
  post: (body: unknown, watch: StreamWatch) => Promise<LeanResponse>;
  close: () => Promise<void>;
}

/** The HTTP side of one endpoint. */
export function openExchange({
  apiKey,
  baseUrl,
}: {
  apiKey: string | null;
  baseUrl: string;
}): OpenAiExchange {
  const connections = openConnections();
  const url = `${baseUrl.replace(/\/+$/, '')}/chat/completions`;
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream, application/json',
    // A proxy that compresses holds small events back.
    'accept-encoding': 'identity',
    ...(apiKey !== null && { authorization: `Bearer ${apiKey}` }),
  };
  return {
    post: (body, { signal, onSent }) =>
      leanFetch(url, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        signal,
        dispatcher: connections.tracked(onSent),
      }),
    close: () => connections.close(),
  };
}
