import type { Response } from 'undici';

/** The body of a response as text, read only when asked to. Whoever opens one ends it one way. */
export interface Body {
  /** The next piece of text, or null at the end. Rejects when the connection breaks. */
  read(): Promise<string | null>;
  /** Hang up. */
  drop(): void;
  /** All that matters was read: leave the connection fit for the next request, if that is soon done. */
  settle(): void;
}

/** After its last event a good server ends the body at once. */
const LINGER_MS = 250;

export function openBody(response: Response): Body {
  const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
  const decoder = new TextDecoder();
  const drop = (): void => {
    // A stream that broke rejects again here; who reads it knows already.
    void reader?.cancel().catch(() => undefined);
  };
  return {
    async read() {
      const { done, value } = (await reader?.read()) ?? { done: true as const, value: undefined };
      return done ? null : decoder.decode(value, { stream: true });
    },
    drop,
    settle() {
      const timer = setTimeout(drop, LINGER_MS);
      void drain(reader).finally(() => {
        clearTimeout(timer);
      });
    },
  };
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  try {
    while (reader && !(await reader.read()).done);
  } catch {
    // It broke after its end: nothing is lost.
  }
}

/** The rest of the body, or null when it is longer than `mostChars`. */
export async function readAll(body: Body, mostChars: number): Promise<string | null> {
  let text = '';
  for (let piece = await body.read(); piece !== null; piece = await body.read()) {
    text += piece;
    if (text.length > mostChars) return null;
  }
  return text;
}
