import { readNumber } from '../numbers.ts';
import type { SchemaField } from '../schema.ts';
import { findDates } from './dates.ts';
import type { Facts } from './facts.ts';
import { lineAbout } from './line-about.ts';
import { keyConcepts } from './key-concepts.ts';

const SIGN = String.raw`(?:(?<![\d)]\s?)[-−]\s?)?`;
const CODE = '(?:USD|EUR|GBP|CHF)';
const DIGITS = String.raw`\d(?:[\d.,'’]*\d)?`;
const AMOUNT = new RegExp(
  `${SIGN}(?:\\p{Sc}|\\b${CODE}\\b)\\s?${DIGITS}|${SIGN}${DIGITS}\\s?(?:\\p{Sc}|(?:${CODE}|dollars|euros)\\b)`,
  'gu',
);
const NUMBER = new RegExp(`(?<![\\w.,-])${SIGN}${DIGITS}(?![\\w-])`, 'gu');
const DECIMAL = /[.,]\d\d$/;
/** Percents, clock times, numbers dialled or registered, codes and sums in brackets are no amounts. */
const NO_AMOUNT =
  /\d[\d.,]{0,12}\s?(?:%|percent\b)|\d{1,2}:\d\d|\(?\+?\d{1,5}\)?(?:[ -]\d{2,5}){2,}|#\S+|(?<![\p{L}\d])\p{L}[\p{L}\d]{0,20}-\d[\w-]*|\([^()]*\)/gu;
const PLAIN_AMOUNT = /^(?:amount|price|cost|value)(?:_(?:usd|eur|gbp))?$/i;

/** The amount of a line: its last one, or the end of a span that the field asks for. */
export function toAmount(value: string, { name }: SchemaField): number | undefined {
  const number = readNumber(pickAmount(withoutOthers(value), name) ?? '');
  if (number === undefined) return undefined;
  const sure = /discount|rebate/i.test(name) ? Math.abs(number) : number;
  return /_?cents$/i.test(name) ? Math.round(sure * 100) : sure;
}

function pickAmount(plain: string, name: string): string | undefined {
  if (/(?:^|_)(?:min|lowest)/i.test(name)) return plain.match(NUMBER)?.[0];
  return readAmounts(plain).at(-1);
}

function withoutOthers(line: string): string {
  const dated = findDates(line).reduce((rest, { text }) => rest.replace(text, ' '), line);
  return dated.replace(NO_AMOUNT, ' ');
}

/** With a currency if there are such, else with cents, else any number. */
function readAmounts(plain: string): string[] {
  const marked = plain.match(AMOUNT);
  const numbers = plain.match(NUMBER) ?? [];
  const decimals = numbers.filter((number) => DECIMAL.test(number));
  return marked ?? (decimals.length > 0 ? decimals : numbers);
}

/** The amount on the line about the field; for a total, the largest there is. */
export function findAmount(field: SchemaField, facts: Facts): number | undefined {
  const isTotal = keyConcepts(field.name).has('total');
  if (isTotal || PLAIN_AMOUNT.test(field.name)) {
    const amounts = facts.text.match(AMOUNT)?.flatMap((amount) => readNumber(amount) ?? []) ?? [];
    if (amounts.length > 0) return amounts.reduce((most, amount) => Math.max(most, amount));
  }
  const priced = facts.lines.filter((line) => toAmount(line, field) !== undefined);
  const line = lineAbout(field, priced, facts);
  return line === null ? undefined : toAmount(line, field);
}

export function findCount(field: SchemaField, facts: Facts): number | undefined {
  const numbered = facts.lines.filter((line) => /\d/.test(line));
  const line = lineAbout(field, numbered, facts);
  if (line === null) return undefined;
  const year = /\b(?:19|20)\d\d\b/.exec(line)?.[0];
  return /year/i.test(field.name) && year ? Number(year) : readNumber(line);
}

const PERCENT = /\d[\d.,]{0,12}\s?(?:%|percent\b)/;

export function toPercent(value: string): number | undefined {
  return readNumber(PERCENT.exec(value)?.[0] ?? '');
}

export function findPercent(field: SchemaField, facts: Facts): number | undefined {
  const lines = facts.lines.filter((line) => PERCENT.test(line));
  return toPercent(lineAbout(field, lines, facts) ?? '');
}
