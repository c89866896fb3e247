import { CACHE_CONTROL_META_KEY } from '../../core/call/cache-control.ts';
import type { Meta } from './request-meta.ts';

/** Directives from `_meta["tollgate/cache_control"]`, and those of the header that REST takes. */
export function toCacheControl({ meta, header }: Meta): string | null {
  const inMeta = meta?.[CACHE_CONTROL_META_KEY];
  const said = [typeof inMeta === 'string' ? inMeta : null, header('cache-control')];
  return said.filter((each) => each !== null).join(', ') || null;
}
