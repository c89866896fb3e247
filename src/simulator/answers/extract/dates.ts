/** A date found in a text, in ISO form. */
export interface FoundDate {
  readonly iso: string;
  readonly at: number;
  readonly text: string;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH = String.raw`(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`;
const DAY = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`;
const YEAR = String.raw`(?<year>(?:19|20)\d\d)`;

const FORMS: readonly RegExp[] = [
  /(?<!\d)(?<year>(?:19|20)\d\d)[-/.](?<numeric>\d{1,2})[-/.](?<day>\d{1,2})(?!\d)/g,
  new RegExp(`(?<!\\d)${DAY}\\.? (?:of )?${MONTH}(?:,? ${YEAR})?(?!\\d)`, 'gi'),
  new RegExp(`\\b${MONTH} ${DAY}(?:,? ${YEAR})?(?!\\d)`, 'gi'),
  /(?<![\d.])(?<first>\d{1,2})(?<mark>[./-])(?<second>\d{1,2})\k<mark>(?<year>(?:19|20)?\d\d)(?!\d)/g,
];

/**
 * Every date of a text, in order. Days without a year take the year the text itself mentions.
 * @param whole the text it is a part of: what tells how its numeric dates are meant
 */
export function findDates(text: string, whole = text): FoundDate[] {
  const monthFirst = isMonthFirst(whole);
  const yearOfText = /\b(?:19|20)\d\d\b/.exec(whole)?.[0];
  const found = FORMS.flatMap((form) =>
    [...text.matchAll(form)].flatMap((match) => {
      const iso = toIso(match.groups ?? {}, { monthFirst, yearOfText });
      return iso ? [{ iso, at: match.index, text: match[0] }] : [];
    }),
  );
  found.sort((a, b) => a.at - b.at);
  return found.filter(({ at }, i) => {
    const before = found[i - 1];
    return !before || at >= before.at + before.text.length;
  });
}

export function toIsoDateTime(text: string, whole = text): string | undefined {
  const exact = /\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?/.exec(text)?.[0];
  if (exact) return /(?:Z|[+-]\d\d:\d\d)$/.test(exact) ? exact : `${exact.padEnd(19, ':00')}Z`;
  const [date] = findDates(text, whole);
  return date && `${date.iso}T00:00:00Z`;
}

interface DateReading {
  readonly monthFirst: boolean;
  readonly yearOfText: string | undefined;
}

function toIso(
  parts: Readonly<Record<string, string | undefined>>,
  reading: DateReading,
): string | null {
  const { day, month, numeric, first, second, mark } = parts;
  const year = toFullYear(parts['year'] ?? reading.yearOfText);
  if (!year) return null;
  if (month) return join(year, MONTHS.indexOf(month.slice(0, 3).toLowerCase()) + 1, Number(day));
  if (numeric) return join(year, Number(numeric), Number(day));
  const swaps = mark === '/' ? reading.monthFirst : false;
  const [d, m] = swaps ? [Number(second), Number(first)] : [Number(first), Number(second)];
  return join(year, m, d) ?? join(year, d, m);
}

function toFullYear(year: string | undefined): string | null {
  if (year === undefined) return null;
  return year.length === 2 ? `20${year}` : year;
}

function join(year: string, month: number, day: number): string | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** 03/04/2026 is March in America: assumed unless another date or the currency says otherwise. */
function isMonthFirst(text: string): boolean {
  const dayFirst = /(?<!\d)(?:1[3-9]|2\d|3[01])\/\d{1,2}\/\d{2,4}/.test(text);
  const monthFirst = /(?<!\d)\d{1,2}\/(?:1[3-9]|2\d|3[01])\/\d{2,4}/.test(text);
  return monthFirst || !(dayFirst || (/[€£]|\b(?:EUR|GBP)\b/.test(text) && !text.includes('$')));
}
