import { monotonicFactory } from 'ulid';

/** Call ids: `call_` and a ULID, so that ids sort by time, also within one millisecond. */
export function buildCallIds(now: () => number): () => string {
  const ulid = monotonicFactory(buildRandom());
  return () => `call_${ulid(now())}`;
}

/** A page of randomness at a time: asked for byte by byte it costs more than the rest of the id. */
const PAGE_BYTES = 4_096;

/** Unguessable numbers, 0 <= n < 1, in steps of 1/256; ULID needs 32 of them. */
function buildRandom(): () => number {
  const page = new Uint8Array(PAGE_BYTES);
  let used = PAGE_BYTES;
  return () => {
    if (used === PAGE_BYTES) {
      crypto.getRandomValues(page);
      used = 0;
    }
    const byte = page[used] ?? 0;
    used += 1;
    return byte / 256;
  };
}
