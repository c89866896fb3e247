import { z } from 'zod';
import { gather } from './batches.ts';
import type { Embedder } from './embedder.ts';
import { SHAPES } from './shapes.ts';
import { toUnit } from './unit.ts';

export interface HttpOptions {
  /** The whole address, for example https://api.voyageai.com/v1/embeddings. */
  url: string;
  model: string;
  shape: 'openai' | 'voyage' | 'ollama';
  apiKey?: string;
  /** Asked of models that can be had shorter, and held to. */
  dimensions?: number;
  usdPerMillionTokens: number;
  /** Limit of one request, milliseconds. */
  timeoutMs: number;
  /** Most texts of one request. */
  batch?: number;
}

const BATCH = 64;
const MOST_BYTES = 32 * 1024 * 1024;
/** Tokens that a tokenizer puts around a text; in the text a token has a byte at least. */
const FRAME_TOKENS = 8;
const NANO_USD_PER_USD = 1e9;

/** An endpoint for embeddings in the shape of OpenAI, Voyage or Ollama. It is sent the texts. */
export function httpEmbedder(options: HttpOptions): Embedder {
  const { model, dimensions, usdPerMillionTokens, batch = BATCH } = options;
  const nanoUsdPerToken = (usdPerMillionTokens * NANO_USD_PER_USD) / 1_000_000;
  let length = dimensions;
  const embed = gather(async (texts) => {
    const { vectors, tokens } = await post(options, texts);
    for (const vector of vectors) {
      length ??= vector.length;
      if (vector.length !== length)
        throw useless(
          options,
          `a vector of ${String(vector.length)} dimensions, not ${String(length)}`,
        );
    }
    return { vectors: vectors.map(toUnit), tokens };
  }, batch);
  return {
    index: `http:${model}:${dimensions === undefined ? 'any' : String(dimensions)}`,
    mayServe: true,
    worst(text) {
      const tokens = Buffer.byteLength(text) + FRAME_TOKENS;
      const nanoUsd = Math.ceil(tokens * nanoUsdPerToken);
      return nanoUsdPerToken === 0 ? null : { tokens, nanoUsd, model, nanoUsdPerToken };
    },
    embed,
    close: () => Promise.resolve(),
  };
}

async function post(options: HttpOptions, texts: readonly string[]) {
  const { url, shape, model, apiKey, dimensions, timeoutMs } = options;
  const { body, read } = SHAPES[shape];
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(body({ model, texts, dimensions })),
    // Questions of people must not follow a redirection to somewhere else.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await readText(response, options);
  if (!response.ok) throw useless(options, `status ${String(response.status)}`);
  try {
    const answer = read(JSON.parse(text));
    if (answer.vectors.length === texts.length) return answer;
  } catch (error) {
    const why = error instanceof z.ZodError ? 'another shape' : 'no JSON';
    throw useless(options, `${why}; embedding.shape is ${shape}`);
  }
  throw useless(options, `another number of vectors than ${String(texts.length)}`);
}

/** A body that never ends must not be kept. */
async function readText(response: Response, options: HttpOptions): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    const chunk = piece as Uint8Array;
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw useless(options, `more than ${String(MOST_BYTES)} bytes`);
    pieces.push(chunk);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The message of the endpoint is left out: it may repeat what it was sent. */
const useless = ({ url, model }: HttpOptions, got: string): Error =>
  new Error(
    `embeddings of ${model} at ${new URL(url).origin}: got ${got}. Check embedding in tollgate.yaml`,
  );
