export const QUARTER_MS = 900_000;
export const DAY_MS = 86_400_000;
export const WEEK_DAYS = 7;
const WEEK_MS = WEEK_DAYS * DAY_MS;

/** `from <= at < to`; milliseconds since the epoch, or numbers of weeks, days or quarters since then. */
export interface Span {
  from: number;
  to: number;
}

/** A time in the largest parts that there are sums of; what is left at its edges is read row by row. */
export interface Cover {
  /** Of seven days, from the epoch on. */
  weeks: Span[];
  days: Span[];
  quarters: Span[];
  rows: Span[];
}

/** When the calls that are in the sums began; null where there are none. */
export interface LedgerExtent {
  firstAt: number | null;
  lastAt: number | null;
}

/**
 * Parts that cover a time; it has no edge before the first or after the last call.
 * @param largest days, where each of them is asked for
 */
export function coverOf(
  asked: Span,
  { firstAt, lastAt }: LedgerExtent,
  largest: 'weeks' | 'days' = 'weeks',
): Cover {
  if (firstAt === null || lastAt === null) return { weeks: [], days: [], quarters: [], rows: [] };
  const unit = largest === 'weeks' ? WEEK_MS : DAY_MS;
  const whole = {
    from: asked.from <= firstAt ? Math.floor(firstAt / unit) * unit : asked.from,
    to: asked.to > lastAt ? (Math.floor(lastAt / unit) + 1) * unit : asked.to,
  };
  const weeks = largest === 'weeks' ? cut([whole], WEEK_MS) : { parts: [], rest: [whole] };
  const days = cut(weeks.rest, DAY_MS);
  const quarters = cut(days.rest, QUARTER_MS);
  return {
    weeks: weeks.parts,
    days: days.parts,
    quarters: quarters.parts,
    rows: quarters.rest.filter(isSome),
  };
}

/** @returns whole parts, by their number, and in milliseconds what is left before and after them */
function cut(spans: readonly Span[], partMs: number): { parts: Span[]; rest: Span[] } {
  const [parts, rest]: [Span[], Span[]] = [[], []];
  for (const span of spans) {
    const part = { from: Math.ceil(span.from / partMs), to: Math.floor(span.to / partMs) };
    if (isSome(part)) {
      parts.push(part);
      rest.push(
        { from: span.from, to: part.from * partMs },
        { from: part.to * partMs, to: span.to },
      );
    } else rest.push(span);
  }
  return { parts, rest };
}

const isSome = ({ from, to }: Span): boolean => from < to;

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);
export const quarterOf = (at: number): number => Math.floor(at / QUARTER_MS);
export const weekOfDay = (day: number): number => Math.floor(day / WEEK_DAYS);
