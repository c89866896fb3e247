import { z } from 'zod';

/** The request of an endpoint, and its response. */
export interface Shape {
  body: (asked: {
    model: string;
    texts: readonly string[];
    dimensions?: number | undefined;
  }) => object;
  /** @throws ZodError when the answer has another shape */
  read: (answer: unknown) => { vectors: number[][]; tokens: number | null };
}

const OpenAi = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: z.array(z.number()) })),
  usage: z.object({ total_tokens: z.number().int().nonnegative().optional() }).optional(),
});

const Ollama = z.object({
  embeddings: z.array(z.array(z.number())),
  prompt_eval_count: z.number().int().nonnegative().optional(),
});

/** Answers name their place, and need not be in order. */
const readOpenAi: Shape['read'] = (answer) => {
  const { data, usage } = OpenAi.parse(answer);
  const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
  return { vectors, tokens: usage?.total_tokens ?? null };
};

export const SHAPES: Readonly<Record<'openai' | 'voyage' | 'ollama', Shape>> = {
  openai: {
    body: ({ model, texts, dimensions }) => ({
      model,
      input: texts,
      encoding_format: 'float',
      ...(dimensions !== undefined && { dimensions }),
    }),
    read: readOpenAi,
  },
  voyage: {
    body: ({ model, texts, dimensions }) => ({
      model,
      input: texts,
      ...(dimensions !== undefined && { output_dimension: dimensions }),
    }),
    read: readOpenAi,
  },
  ollama: {
    body: ({ model, texts, dimensions }) => ({
      model,
      input: texts,
      ...(dimensions !== undefined && { dimensions }),
    }),
    read(answer) {
      const { embeddings, prompt_eval_count: tokens = null } = Ollama.parse(answer);
      return { vectors: embeddings, tokens };
    },
  },
};
