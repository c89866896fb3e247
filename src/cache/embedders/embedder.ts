/** Vectors of texts. */
export interface Embedded {
  /** In the order of the texts, each of length one. */
  vectors: Float32Array[];
  /** Tokens as the endpoint counted them; null if it does not say. */
  tokens: number | null;
}

/** Turns texts into vectors, near to each other where their meaning is. */
export interface Embedder {
  /** Name and version: vectors of different indexes are never compared. */
  readonly index: string;
  /** False for one whose neighbours are candidates only, and never an answer. */
  readonly mayServe: boolean;
  /** Most that embedding the text can take; null where it costs nothing. */
  worst(
    text: string,
  ): { tokens: number; nanoUsd: number; model: string; nanoUsdPerToken: number } | null;
  /** @throws Error when it cannot, is late, or got an answer of no use */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Embedded>;
  close(): Promise<void>;
}
