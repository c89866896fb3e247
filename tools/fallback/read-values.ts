/** Readers of one value each: null when the text is not plainly that value and nothing else. */

const MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const MONTH = `(${[...MONTHS, 'sept', ...MONTHS.map((name) => name.slice(0, 3))].join('|')})[.]?`;

const DATES: readonly { pattern: RegExp; order: readonly ['y' | 'm' | 'd', string, string] }[] = [
  { pattern: /\b(\d{4})-(\d{2})-(\d{2})\b/g, order: ['y', 'm', 'd'] },
  { pattern: /\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b/g, order: ['d', 'm', 'y'] },
  {
    pattern: new RegExp(`\\b(\\d{1,2})(?:st|nd|rd|th)?\\.? ${MONTH},? (\\d{4})\\b`, 'gi'),
    order: ['d', 'm', 'y'],
  },
  {
    pattern: new RegExp(`\\b${MONTH} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})\\b`, 'gi'),
    order: ['m', 'd', 'y'],
  },
];

/** The one date of a text as YYYY-MM-DD. `3/4/2026` is two dates, depending on who reads it: null. */
export function readDate(text: string): string | null {
  const dates = DATES.flatMap(({ pattern, order }) =>
    [...text.matchAll(pattern)].map((match) => {
      const part = (name: string) => match[order.indexOf(name) + 1] ?? '';
      return toIsoDate(part('y'), part('m'), part('d'));
    }),
  );
  return dates.length === 1 ? (dates[0] ?? null) : null;
}

function toIsoDate(year: string, month: string, day: string): string | null {
  const named = MONTHS.findIndex((name) => name.startsWith(month.slice(0, 3).toLowerCase())) + 1;
  const iso = `${year}-${String(named || Number(month)).padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : null;
}

const CURRENCY = '(?:[$€£¥]|[A-Z]{3}|euros?|dollars?|pounds?|percent)';
const AMOUNT = new RegExp(
  `^${CURRENCY}? ?([-−]?\\d[\\d.,' \u00a0\u202f]*?) ?(?:%|${CURRENCY})?$`,
  'u',
);

/** Thousands in groups of three, then decimals. A lone `1.234` could be either: left out. */
const ENGLISH = /^-?(?:0\.\d+|(?:\d+|\d{1,3}(?:[, ']\d{3})+)(?:\.(?:\d{1,2}|\d{4,}))?)$/;
const CONTINENTAL =
  /^-?(?:\d+|\d{1,3}(?:[. ']\d{3})+(?=,)|\d{1,3}(?:[. ']\d{3}){2,})(?:,\d{1,2})?$/;

/** A number that stands alone or with a currency or a percent sign. */
export function readNumber(text: string): number | null {
  const digits = AMOUNT.exec(text.trim())?.[1]
    ?.replace(/[\u00a0\u202f]/g, ' ')
    .replace('−', '-');
  if (digits === undefined) return null;
  if (ENGLISH.test(digits)) return toNumber(digits.replace(/[, ']/g, ''));
  if (CONTINENTAL.test(digits)) return toNumber(digits.replace(/[. ']/g, '').replace(',', '.'));
  return null;
}

/** More digits than a number keeps would come out changed. */
function toNumber(digits: string): number | null {
  return digits.replace(/\D/g, '').length <= 15 ? Number(digits) : null;
}

export function readBoolean(text: string): boolean | null {
  if (/^(?:yes|true)$/i.test(text)) return true;
  return /^(?:no|false)$/i.test(text) ? false : null;
}

const EMAIL = /^[a-z0-9_%+-]+(?:\.[a-z0-9_%+-]+)*@(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z]{2,}$/i;
const MAX_EMAIL_CHARS = 254;

/** The one e-mail address of a text. */
export function readEmail(text: string): string | null {
  const parts = text.split(/[\s<>()[\],;:"|]+/).filter((part) => part.includes('@'));
  const addresses = parts
    .map((part) => part.slice(0, MAX_EMAIL_CHARS + 1).replace(/[.!?]$/, ''))
    .filter((part) => part.length <= MAX_EMAIL_CHARS && EMAIL.test(part));
  return single(addresses);
}

const CODES = /\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN)\b|[€£]/g;
const CODE_OF: Readonly<Record<string, string>> = { '€': 'EUR', '£': 'GBP' };

/** The one currency of a text; a dollar sign alone is the money of several countries. */
export const readCurrency = (text: string): string | null =>
  text.includes('$')
    ? null
    : single((text.match(CODES) ?? []).map((found) => CODE_OF[found] ?? found));

const single = (values: readonly string[]): string | null =>
  new Set(values).size === 1 ? (values[0] ?? null) : null;
