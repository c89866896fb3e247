/** Vectors of texts, with the tokens they took. */
type Send = (
  texts: readonly string[],
) => Promise<{ vectors: Float32Array[]; tokens: number | null }>;

interface WaitingBatch {
  texts: readonly string[];
  resolve: (embedded: Awaited<ReturnType<Send>>) => void;
  reject: (error: unknown) => void;
}

/** Time within which texts share a request, milliseconds. */
const GATHER_MS = 2;

/**
 * Requests that come at the same moment become one. Whoever leaves hurts nobody else: the request
 * goes on for those who stay, and each is told of its own share of the tokens.
 * @param most texts of one request
 */
export function gather(
  send: Send,
  most: number,
): (texts: readonly string[], signal: AbortSignal) => ReturnType<Send> {
  let waiting: WaitingBatch[] = [];
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    const batch = waiting;
    waiting = [];
    for (const part of inParts(batch, most)) void deliver(part);
  };

  async function deliver(batch: readonly WaitingBatch[]): Promise<void> {
    const texts = batch.flatMap((each) => each.texts);
    try {
      const { vectors, tokens } = await send(texts);
      let from = 0;
      for (const each of batch) {
        const to = from + each.texts.length;
        const share =
          tokens === null ? null : Math.ceil((tokens * each.texts.length) / texts.length);
        each.resolve({ vectors: vectors.slice(from, to), tokens: share });
        from = to;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (texts, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal.addEventListener(
        'abort',
        () => {
          reject(signal.reason as Error);
        },
        { once: true },
      );
      waiting.push({ texts, resolve, reject });
      const size = waiting.reduce((sum, each) => sum + each.texts.length, 0);
      if (size >= most) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
    });
}

/** In order, each part of `most` texts at the most, unless one alone has more. */
function inParts(batch: readonly WaitingBatch[], most: number): WaitingBatch[][] {
  const parts: WaitingBatch[][] = [];
  let size = Infinity;
  for (const each of batch) {
    if (size + each.texts.length > most) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(each);
    size += each.texts.length;
  }
  return parts;
}
