import { problem } from '../errors/problem.ts';

/** Where MCP clients put the key: `_meta` of `tools/call`. */
export const IDEMPOTENCY_META_KEY = 'tollgate/idempotency_key';

const KEY = /^[\x21-\x7e]{1,255}$/;
/** A string of structured fields (RFC 9651): `"` and `\` stand behind a `\`. */
const QUOTED = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/;
const BARE = /^[^"\\]*$/;

const FORM = '1 to 255 visible ASCII characters';
const EXAMPLE = '"8e03978e-40d5-43dd-bc93-6894a57f9324"';

/**
 * The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a quoted string. Many
 * clients leave the quotes out; the key is the same without them.
 * @throws ProblemError invalid_request
 */
export function parseIdempotencyKey(text: string): string {
  const bare = BARE.test(text) ? text : '';
  const key = QUOTED.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : bare;
  if (KEY.test(key)) return key;
  throw problem('invalid_request', {
    detail: `The header Idempotency-Key must be ${FORM} in double quotes, for example ${EXAMPLE}.`,
  });
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
