import { fromMeta, IDEMPOTENCY_META_KEY, parseIdempotencyKey } from '../shared/idempotency-key.ts';
import type { Meta } from './request-meta.ts';

/**
 * The key from `_meta["tollgate/idempotency_key"]`, else from the header that REST takes.
 * @throws ProblemError invalid_request
 */
export function toIdempotencyKey({ meta, header }: Meta): string | null {
  const inMeta = fromMeta(meta?.[IDEMPOTENCY_META_KEY]);
  if (inMeta !== null) return inMeta;
  const inHeader = header('idempotency-key');
  return inHeader === null ? null : parseIdempotencyKey(inHeader);
}
