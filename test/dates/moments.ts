const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Places whose days begin and whose clocks change at odd times, one on each side of UTC. */
export const ZONES = ['America/St_Johns', 'Pacific/Chatham'] as const;

export interface Moment {
  what: string;
  at: number;
}

/** The moments at which the suite has to pass in a zone; all of them lie ahead of `now`. */
export const momentsIn = (timeZone: string, now: number): Moment[] => [
  { what: 'fifteen months on', at: fifteenMonthsOn(now) },
  { what: 'a 29 February', at: nextLeapDay(now) },
  { what: 'an hour before a change of clocks', at: nextClockChange(timeZone, now) - HOUR_MS },
];

function fifteenMonthsOn(now: number): number {
  const date = new Date(now);
  return date.setUTCMonth(date.getUTCMonth() + 15);
}

/** At noon. */
function nextLeapDay(now: number): number {
  for (let year = new Date(now).getUTCFullYear(); ; year += 1) {
    const at = Date.UTC(year, 1, 29, 12);
    if (at > now && new Date(at).getUTCMonth() === 1) return at;
  }
}

function nextClockChange(timeZone: string, now: number): number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offset = (at: number): string =>
    format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  let before = now;
  while (offset(before + DAY_MS) === offset(now)) before += DAY_MS;
  let after = before + DAY_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offset(middle) === offset(now)) before = middle;
    else after = middle;
  }
  return after;
}
