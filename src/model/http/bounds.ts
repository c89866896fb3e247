import type { RateLimitBucket } from '../provider.ts';

/** A token is a few characters; its event says much besides, and so do pings. */
const BYTES_PER_TOKEN = 1024;

/** For an answer of no tokens at all: headers, an error, a ping now and then. */
const BYTES_BESIDE = 1024 * 1024;

/** Most bytes that an answer of so many tokens may have, with all that is said around it. */
export const mostBytesOf = (maxOutputTokens: number): number =>
  BYTES_BESIDE + BYTES_PER_TOKEN * maxOutputTokens;

/** More of an error is not read: its status alone says enough. */
export const MOST_ERROR_BYTES = 64 * 1024;

/** A number of tokens as a provider tells it: an integer from 0. */
export const isCount = (told: unknown): told is number =>
  typeof told === 'number' && Number.isSafeInteger(told) && told >= 0;

export type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of a value, none where it is no object. */
export const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

/** Sizes and levels of buckets are written in plain digits; none is larger than this. */
export const toBucketCount = (told: string | null): number | null =>
  told !== null && /^\d{1,12}$/.test(told) ? Number(told) : null;

/** A bucket is full again within a day: limits are per minute, or per day. */
const LONGEST_RESET_MS = 86_400_000;

interface BucketHeaders {
  limit: number | null;
  remaining: number | null;
  /** Until it is full again; below 0 where it should be already, by the provider's clock. */
  resetMs: number | null;
}

/** A bucket as a provider tells it, or null: one that is told in part, or that cannot be, is none. */
export function toBucket(
  { limit, remaining, resetMs }: BucketHeaders,
  nowMs: number,
): RateLimitBucket | null {
  if (limit === null || remaining === null || resetMs === null) return null;
  if (limit < 1 || Number.isNaN(resetMs) || resetMs > LONGEST_RESET_MS) return null;
  return {
    limit,
    remaining: Math.min(remaining, limit),
    fullAt: nowMs + Math.max(0, Math.ceil(resetMs)),
  };
}
