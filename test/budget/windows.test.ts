import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowAt } from '../../src/budget/windows.ts';
import { runs } from '../support/depth.ts';

const KINDS = ['minute', 'hour', 'day', 'week', 'month'] as const;
type Kind = (typeof KINDS)[number];
/** Half hours, quarters, clocks that change at midnight, by half an hour, for Ramadan, over the date line. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'America/Caracas',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Gaza',
  'Asia/Pyongyang',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const kind = fc.constantFrom(...KINDS);
const zone = fc.constantFrom(...ZONES);
const anyTime = fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2040-12-31') });

const formats = new Map(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    }),
  ]),
);
/** What calendar and clock of a zone show: the platform's word, not that of the code under test. */
const shown = (timeZone: string, at: number): Record<string, string> =>
  Object.fromEntries(
    formats
      .get(timeZone)
      ?.formatToParts(at)
      .map(({ type, value }) => [type, value]) ?? [],
  );
const clockChangesAt = (timeZone: string, at: number): boolean =>
  shown(timeZone, at - 1)['timeZoneName'] !== shown(timeZone, at)['timeZoneName'];

/** Half of the moments are close to a change of the clock, where there is one in that year. */
const timeNearChange = fc
  .tuple(zone, anyTime, fc.integer({ min: -3 * HOUR, max: 26 * HOUR }), fc.boolean())
  .map(([timeZone, from, off, near]): [string, number] => {
    const change = near ? nextChange(timeZone, from) : null;
    return [timeZone, change === null ? from : change + off];
  });

function nextChange(timeZone: string, from: number): number | null {
  const offset = (at: number) => shown(timeZone, at)['timeZoneName'];
  for (let day = from; day < from + 370 * 24 * HOUR; day += 10 * 24 * HOUR) {
    let [before, after] = [day, day + 10 * 24 * HOUR];
    if (offset(before) === offset(after)) continue;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offset(middle) === offset(before)) before = middle;
      else after = middle;
    }
    return after;
  }
  return null;
}

const span = (start: string, end: string) => ({ start: Date.parse(start), end: Date.parse(end) });
const at = (window: Kind, timeZone: string, moment: string) =>
  windowAt(window, timeZone, Date.parse(moment));

describe('windows', () => {
  it('hold their moment and follow each other without gap or overlap', () => {
    fc.assert(
      fc.property(kind, timeNearChange, (window, [timeZone, moment]) => {
        const found = windowAt(window, timeZone, moment);
        expect(found.start).toBeLessThanOrEqual(moment);
        expect(moment).toBeLessThan(found.end);
        expect(windowAt(window, timeZone, found.end).start).toBe(found.end);
        expect(windowAt(window, timeZone, found.end - 1)).toEqual(found);
        expect(windowAt(window, timeZone, found.start - 1).end).toBe(found.start);
        expect(windowAt(window, timeZone, found.start)).toEqual(found);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('are the same in whatever order they are asked for', () => {
    const start = Date.parse('2026-10-24T20:00:00Z');
    const close = fc.integer({ min: start, max: start + 50 * HOUR });
    const question = fc.tuple(kind, fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'), close);
    const century = 100 * 365 * 24 * HOUR;
    fc.assert(
      fc.property(fc.array(question, { minLength: 2, maxLength: 30 }), (questions) => {
        const answers = questions.map((each) => windowAt(...each));
        const anew = questions.map(([window, timeZone, moment]) => {
          windowAt(window, timeZone, moment + century); // whatever was remembered is not of use now
          return windowAt(window, timeZone, moment);
        });
        expect(answers).toEqual(anew);
      }),
    );
  });

  it('of a time zone that does not exist are an error', () => {
    expect(() => windowAt('day', 'Europe/Atlantis', 0)).toThrow(RangeError);
  });
});

describe('a day', () => {
  it('starts with its date and has 23 to 25 hours', () => {
    fc.assert(
      fc.property(timeNearChange, ([timeZone, moment]) => {
        const { start, end } = windowAt('day', timeZone, moment);
        expect(end - start).toBeGreaterThanOrEqual(23 * HOUR);
        expect(end - start).toBeLessThanOrEqual(25 * HOUR);
        expect(shown(timeZone, start)['day']).not.toBe(shown(timeZone, start - 1)['day']);
      }),
    );
  });

  it('has 23 hours in Berlin when summer time begins, and 25 when it ends', () => {
    expect(at('day', 'Europe/Berlin', '2026-03-29T12:00:00Z')).toEqual(
      span('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'),
    );
    expect(at('day', 'Europe/Berlin', '2026-10-25T12:00:00Z')).toEqual(
      span('2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'),
    );
  });

  it('starts at one o’clock where the clock skips midnight', () => {
    expect(at('day', 'America/Sao_Paulo', '2018-11-04T12:00:00Z')).toEqual(
      span('2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z'),
    );
  });

  it('does not end twice where the clock goes from 0:01 back to yesterday', () => {
    const sunday = span('2009-11-01T02:30:00Z', '2009-11-02T03:30:00Z');
    for (const moment of ['02:30:00', '02:30:59', '02:31:00', '03:29:59', '03:30:00']) {
      expect(at('day', 'America/St_Johns', `2009-11-01T${moment}Z`)).toEqual(sunday);
    }
    expect(at('month', 'America/St_Johns', '2009-11-01T03:00:00Z').start).toBe(sunday.start);
    expect(at('day', 'America/St_Johns', '2009-11-01T02:29:59Z').end).toBe(sunday.start);
  });

  it('that a country leaves out to cross the date line has no window', () => {
    const thursday = span('2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z');
    const saturday = span('2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z');
    expect(at('day', 'Pacific/Apia', '2011-12-30T09:59:59Z')).toEqual(thursday);
    expect(at('day', 'Pacific/Apia', '2011-12-30T10:00:00Z')).toEqual(saturday);
  });
});

describe('weeks and months', () => {
  it('start on Monday and on the first', () => {
    fc.assert(
      fc.property(timeNearChange, ([timeZone, moment]) => {
        const week = windowAt('week', timeZone, moment);
        expect(shown(timeZone, week.start)['weekday']).toBe('Mon');
        expect(shown(timeZone, week.start - 1)['weekday']).toBe('Sun');
        const month = windowAt('month', timeZone, moment);
        expect(shown(timeZone, month.start)['day']).toBe('01');
        expect(shown(timeZone, month.end)['day']).toBe('01');
        expect(shown(timeZone, month.end - 1)['month']).toBe(shown(timeZone, month.start)['month']);
      }),
    );
  });

  it('are an hour shorter or longer in Berlin when the clock changes', () => {
    expect(at('week', 'Europe/Berlin', '2026-03-29T12:00:00Z')).toEqual(
      span('2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z'),
    );
    expect(at('month', 'Europe/Berlin', '2026-10-25T12:00:00Z')).toEqual(
      span('2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z'),
    );
  });
});

describe('minutes and hours', () => {
  it('follow the local clock and start anew when it changes', () => {
    fc.assert(
      fc.property(timeNearChange, ([timeZone, moment]) => {
        const minute = windowAt('minute', timeZone, moment);
        expect(minute.end - minute.start).toBe(MINUTE);
        const hour = windowAt('hour', timeZone, moment);
        expect(hour.end - hour.start).toBeLessThanOrEqual(HOUR);
        for (const edge of [hour.start, hour.end]) {
          const full = shown(timeZone, edge)['minute'] === '00';
          expect(full || clockChangesAt(timeZone, edge)).toBe(true);
        }
        if (hour.end - hour.start === HOUR) return;
        expect([hour.start, hour.end].some((edge) => clockChangesAt(timeZone, edge))).toBe(true);
      }),
      { numRuns: runs(500) },
    );
  });

  it('are those of half-hour zones', () => {
    expect(at('hour', 'Asia/Kolkata', '2026-11-23T12:29:59Z')).toEqual(
      span('2026-11-23T11:30:00Z', '2026-11-23T12:30:00Z'),
    );
    expect(at('hour', 'Asia/Kathmandu', '2026-11-23T12:29:59Z')).toEqual(
      span('2026-11-23T12:15:00Z', '2026-11-23T13:15:00Z'),
    );
  });

  it('are two where the clock shows an hour twice', () => {
    expect(at('hour', 'Europe/Berlin', '2026-10-25T00:30:00Z')).toEqual(
      span('2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z'),
    );
    expect(at('hour', 'Europe/Berlin', '2026-10-25T01:30:00Z')).toEqual(
      span('2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z'),
    );
  });

  it('are cut at a change by half an hour', () => {
    // 2:30 becomes 3:00.
    expect(at('hour', 'America/Caracas', '2016-05-01T06:30:00Z')).toEqual(
      span('2016-05-01T06:30:00Z', '2016-05-01T07:00:00Z'),
    );
    // 2:00 becomes 1:30.
    expect(at('hour', 'Australia/Lord_Howe', '2026-04-04T14:59:59Z')).toEqual(
      span('2026-04-04T14:00:00Z', '2026-04-04T15:00:00Z'),
    );
    expect(at('hour', 'Australia/Lord_Howe', '2026-04-04T15:00:00Z')).toEqual(
      span('2026-04-04T15:00:00Z', '2026-04-04T15:30:00Z'),
    );
  });
});
