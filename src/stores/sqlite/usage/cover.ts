export const QUARTER_MS = 900_000;
export const DAY_MS = 86_400_000;

/** `from <= at < to`; milliseconds since the epoch, or numbers of days or quarters since then. */
export interface Span {
  from: number;
  to: number;
}

/** A time in the largest parts that there are sums of; what is left at its edges is read row by row. */
export interface Cover {
  days: Span[];
  quarters: Span[];
  rows: Span[];
}

/** When the calls that are in the sums began; null where there are none. */
export interface Extent {
  firstAt: number | null;
  lastAt: number | null;
}

/** Where a time begins before every call, or ends after every call, it has no edge. */
export function coverOf(asked: Span, { firstAt, lastAt }: Extent): Cover {
  if (firstAt === null || lastAt === null) return { days: [], quarters: [], rows: [] };
  const from = asked.from <= firstAt ? dayOf(firstAt) * DAY_MS : asked.from;
  const to = asked.to > lastAt ? (dayOf(lastAt) + 1) * DAY_MS : asked.to;
  const days = { from: Math.ceil(from / DAY_MS), to: Math.floor(to / DAY_MS) };
  const quarters = { from: Math.ceil(from / QUARTER_MS), to: Math.floor(to / QUARTER_MS) };
  const [isDay, isQuarter] = [days.from < days.to, quarters.from < quarters.to];
  return {
    days: isDay ? [days] : [],
    quarters: real(
      isDay
        ? [
            { from: quarters.from, to: days.from * QUARTERS },
            { from: days.to * QUARTERS, to: quarters.to },
          ]
        : [quarters],
    ),
    rows: real(
      isQuarter
        ? [
            { from, to: quarters.from * QUARTER_MS },
            { from: quarters.to * QUARTER_MS, to },
          ]
        : [{ from, to }],
    ),
  };
}

const QUARTERS = DAY_MS / QUARTER_MS;

const real = (spans: Span[]): Span[] => spans.filter(({ from, to }) => from < to);

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);
export const quarterOf = (at: number): number => Math.floor(at / QUARTER_MS);
