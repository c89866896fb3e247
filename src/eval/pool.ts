/**
 * Work on all items in their order, at most so many at a time. Once the signal aborts no other is begun;
 * it settles when those that run have ended.
 * @param work must not reject
 */
export async function runPool<Item>(
  items: readonly Item[],
  { concurrency, signal }: { concurrency: number; signal: AbortSignal },
  work: (item: Item) => Promise<void>,
): Promise<void> {
  // All workers take from the same one.
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (signal.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
}
