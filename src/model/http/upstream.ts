import type { Code } from '../../errors/codes.ts';

const BY_STATUS: Partial<Record<number, Code>> = {
  401: 'model_auth_failed',
  402: 'model_spend_limit',
  403: 'model_auth_failed',
  408: 'model_unavailable',
  409: 'model_unavailable',
  429: 'model_rate_limited',
};

/** Code for an error status of a provider when nothing else it said is known. */
export const codeOfStatus = (status: number): Code =>
  BY_STATUS[status] ?? (status >= 500 ? 'model_unavailable' : 'model_rejected');

/** A timer set for longer fires at once: whoever obeys would call again without end. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Headers of any library: the global ones, undici's, an SDK's. */
export interface UpstreamHeaders {
  get(name: string): string | null;
}

/**
 * Time that a provider asks to be left alone, milliseconds: `retry-after-ms`, or `retry-after` in
 * seconds or as an HTTP date. Null when it does not say so in a way that can be obeyed. It may well
 * be more than a call has left: the caller decides.
 */
export function retryAfterMs(headers: UpstreamHeaders, nowMs: number): number | null {
  const wait = inMs(headers.get('retry-after-ms')) ?? inSeconds(headers.get('retry-after'), nowMs);
  return wait !== null && wait > 0 && wait <= LONGEST_TIMER_MS ? Math.ceil(wait) : null;
}

const inMs = (told: string | null): number | null => (told ? Number(told) : null);

const inSeconds = (told: string | null, nowMs: number): number | null =>
  told ? Number(told) * 1000 || Date.parse(told) - nowMs : null;
