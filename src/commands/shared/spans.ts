import { UsageError } from './fail.ts';

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A span of time as people type it, 30m, 24h or 90d, in milliseconds. @throws UsageError */
export function toMs(text: string, option: string): number {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
  throw new UsageError(`${option} must be a span of time like 30m, 24h or 90d, not "${text}"`);
}

/** A day, a moment, or a span from now, as ISO 8601. @throws UsageError */
export function toMoment(text: string, option: string, now: number): string {
  if (!/^\d{4}-/.test(text)) return new Date(now + toMs(text, option)).toISOString();
  const at = Date.parse(text);
  // There is no 30th of February: it would silently become the 2nd of March.
  const isThere =
    !Number.isNaN(at) &&
    new Date(`${text.slice(0, 10)}T00:00Z`).toISOString().startsWith(text.slice(0, 10));
  if (isThere) return new Date(at).toISOString();
  throw new UsageError(`${option} must be a day like 2027-01-31 or a span like 90d, not "${text}"`);
}
