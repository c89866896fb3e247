import { createHash } from 'node:crypto';

/** What was read under one key: a real model knows things that the request at hand does not say. */
export interface DocumentMemory {
  remember(text: string): void;
  /** The newest first. */
  texts(): readonly string[];
}

export interface DocumentMemories {
  /** What one API key has sent is nothing to another. */
  of(apiKey: string): DocumentMemory;
}

/** The most that is kept; what was used longest ago is forgotten first. */
export interface MemoryLimits {
  readonly keys: number;
  readonly textsPerKey: number;
  /** A longer text is never remembered. */
  readonly charsPerKey: number;
}

/** Knows nothing and learns nothing. */
export const NO_MEMORY: DocumentMemory = { remember: () => undefined, texts: () => [] };

export function buildDocumentMemories(limits: MemoryLimits): DocumentMemories {
  const memories = new Map<string, DocumentMemory>();
  return {
    of: (apiKey) => {
      // The key itself is nobody's business once the request is over.
      const owner = createHash('sha256').update(apiKey).digest('base64');
      const memory = memories.get(owner) ?? buildMemory(limits);
      memories.delete(owner);
      memories.set(owner, memory);
      const [oldest] = memories.keys();
      if (memories.size > limits.keys && oldest !== undefined) memories.delete(oldest);
      return memory;
    },
  };
}

function buildMemory({ textsPerKey, charsPerKey }: MemoryLimits): DocumentMemory {
  const texts = new Set<string>();
  let chars = 0;
  function forget(text: string): void {
    if (texts.delete(text)) chars -= text.length;
  }
  return {
    remember: (text) => {
      if (text.length > charsPerKey) return;
      forget(text);
      texts.add(text);
      chars += text.length;
      for (const oldest of texts) {
        if (texts.size <= textsPerKey && chars <= charsPerKey) break;
        forget(oldest);
      }
    },
    texts: () => [...texts].reverse(),
  };
}
