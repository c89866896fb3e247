import type { Labels } from '../../core/call/call.ts';
import { labelHeader, parseLabel, parseLabelHeader } from '../../core/call/labels.ts';
import { problem } from '../../errors/problem.ts';
import { fromMeta, IDEMPOTENCY_META_KEY, parseIdempotencyKey } from '../shared/idempotency-key.ts';
import { parsePromptWish, PROMPT_HEADER, PROMPT_META_KEY } from '../shared/prompt-wish.ts';
import { CACHE_CONTROL_META_KEY } from '../../core/call/cache-control.ts';

/** Meta of a request beside its tool and arguments. */
export interface Meta {
  /** `_meta` of the message. */
  meta: Record<string, unknown> | undefined;
  /** A header by its name in small letters; null without one, and always on stdio. */
  header: (name: string) => string | null;
}

const META_KEY = 'tollgate/labels';

/**
 * Labels from `_meta["tollgate/labels"]`, else from the headers that REST takes.
 * @throws ProblemError invalid_request
 */
export function toLabels({ meta, header }: Meta): Labels {
  const given = inMeta(meta?.[META_KEY]);
  const pick = (name: keyof Labels): string | null =>
    parseLabel(given[name], `_meta["${META_KEY}"].${name}`) ??
    parseLabelHeader(header(labelHeader(name)), name);
  return { feature: pick('feature'), user: pick('user'), team: pick('team') };
}

function inMeta(said: unknown): Partial<Record<keyof Labels, unknown>> {
  if (said === undefined || said === null) return {};
  if (typeof said === 'object' && !Array.isArray(said)) return said;
  throw problem('invalid_request', {
    detail: `_meta["${META_KEY}"] is not an object with feature, user and team.`,
  });
}

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

/**
 * The wish from `_meta["tollgate/prompt"]`, else from the header that REST takes.
 * @throws ProblemError invalid_request
 */
export function toPromptWish({ meta, header }: Meta): string | null {
  const said = meta?.[PROMPT_META_KEY] ?? header(PROMPT_HEADER);
  return said === null ? null : parsePromptWish(said);
}

/** Directives from `_meta["tollgate/cache_control"]`, and those of the header that REST takes. */
export function toCacheControl({ meta, header }: Meta): string | null {
  const inMeta = meta?.[CACHE_CONTROL_META_KEY];
  const said = [typeof inMeta === 'string' ? inMeta : null, header('cache-control')];
  return said.filter((each) => each !== null).join(', ') || null;
}
