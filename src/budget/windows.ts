import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';
import type { Rule } from './rule.ts';

type WindowKind = Rule['window'];

/** A stretch of time, milliseconds since the epoch; the end is the start of the next one. */
interface WindowSpan {
  readonly start: number;
  readonly end: number;
}

const CLOCK_MS = { minute: 60_000, hour: 3_600_000 };

/** It is asked before every call, and the answer changes once a window. */
const latest = new LRUCache<string, WindowSpan>({ max: 1_000 });

/**
 * The window that a moment falls into, by the calendar and the clock of a time zone. Weeks begin on
 * Monday (ISO 8601). Windows of a kind follow each other without gap or overlap; one in which the
 * clock changes may be longer or shorter.
 * @param at milliseconds since the epoch
 * @throws RangeError when there is no such time zone
 */
export function windowAt(window: WindowKind, timeZone: string, at: number): WindowSpan {
  const key = `${window} ${timeZone}`;
  const known = latest.get(key);
  if (known && isIn(known, at)) return known;
  const moment = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const found =
    window === 'minute' || window === 'hour'
      ? clockWindow(moment, CLOCK_MS[window])
      : calendarWindow(moment, window);
  latest.set(key, found);
  return found;
}

const isIn = ({ start, end }: WindowSpan, at: number): boolean => start <= at && at < end;

/**
 * Whole minutes and hours of the local clock, which runs evenly from one change to the next: a change
 * ends a window and starts another, since what the clock shows twice are two hours.
 */
function clockWindow(moment: Temporal.ZonedDateTime, length: number): WindowSpan {
  const at = moment.epochMilliseconds;
  const shift = moment.offsetNanoseconds / 1e6;
  const start = Math.floor((at + shift) / length) * length - shift;
  const { since, until } = evenTime(moment);
  return { start: Math.max(start, since), end: Math.min(start + length, until) };
}

/** The last change of the clock, at the moment itself at the latest, and the next one. */
function evenTime(moment: Temporal.ZonedDateTime): { since: number; until: number } {
  const last = moment.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  const next = moment.getTimeZoneTransition('next');
  return {
    since: last?.epochMilliseconds ?? -Infinity,
    until: next?.epochMilliseconds ?? Infinity,
  };
}

/**
 * Days, weeks and months run from the first moment of a date to that of another, whatever the clock
 * does at midnight. A clock set back over midnight shows the end of yesterday again: that is today.
 */
function calendarWindow(
  moment: Temporal.ZonedDateTime,
  window: 'day' | 'week' | 'month',
): WindowSpan {
  const first = firstDate(moment.toPlainDate(), window);
  const startOf = (windowsLater: number): number =>
    first.add({ [`${window}s`]: windowsLater }).toZonedDateTime(moment.timeZoneId)
      .epochMilliseconds;
  const span = { start: startOf(0), end: startOf(1) };
  return moment.epochMilliseconds < span.end ? span : { start: span.end, end: startOf(2) };
}

function firstDate(date: Temporal.PlainDate, window: 'day' | 'week' | 'month'): Temporal.PlainDate {
  if (window === 'day') return date;
  if (window === 'week') return date.subtract({ days: date.dayOfWeek - 1 });
  return date.with({ day: 1 });
}
