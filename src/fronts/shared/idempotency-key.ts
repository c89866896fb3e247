import { parseItem } from 'structured-headers';
import { problem } from '../../errors/problem.ts';

/** Place of the key for MCP: `_meta` of `tools/call`. */
export const IDEMPOTENCY_META_KEY = 'tollgate/idempotency_key';

const KEY = /^[\x21-\x7e]{1,255}$/;
const BARE = /^[^"\\]*$/;

const FORM = '1 to 255 visible ASCII characters';
const EXAMPLE = '"8e03978e-40d5-43dd-bc93-6894a57f9324"';

/**
 * The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a quoted string. Many
 * clients leave the quotes out; the key is the same without them.
 * @throws ProblemError invalid_request
 */
export function parseIdempotencyKey(text: string): string {
  const key = BARE.test(text) ? text : unquoted(text);
  if (KEY.test(key)) return key;
  throw problem('invalid_request', {
    detail: `The header Idempotency-Key must be ${FORM} in double quotes, for example ${EXAMPLE}.`,
  });
}

/** A string of structured fields (RFC 9651) without parameters; empty where it is none. */
function unquoted(text: string): string {
  try {
    // Its types name one of browsers, which is not there.
    const [value, parameters] = parseItem(text) as [unknown, ReadonlyMap<string, unknown>];
    return typeof value === 'string' && parameters.size === 0 ? value : '';
  } catch {
    return '';
  }
}

/**
 * The key in the `_meta` of an MCP request; null without one.
 * @param value what stands under {@link IDEMPOTENCY_META_KEY}
 * @throws ProblemError invalid_request
 */
export function fromMeta(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && KEY.test(value)) return value;
  throw problem('invalid_request', {
    detail: `_meta["${IDEMPOTENCY_META_KEY}"] must be a string of ${FORM}, for example ${EXAMPLE}.`,
  });
}
