import { monotonicFactory } from 'ulid';

/** Call ids: `call_` and a ULID, so that ids sort by time, also within one millisecond. */
export function buildCallIds(now: () => number): () => string {
  const ulid = monotonicFactory();
  return () => `call_${ulid(now())}`;
}
