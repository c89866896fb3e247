import { readNumber } from '../numbers.ts';
import type { Field } from '../schema.ts';
import type { Facts } from './facts.ts';
import { lineAbout } from './line-about.ts';
import { keyConcepts } from './key-concepts.ts';

const AMOUNT =
  /(?:[-−]\s?)?(?:\p{Sc}|\b(?:USD|EUR|GBP|CHF)\b)\s?\d(?:[\d.,'’]*\d)?|\d(?:[\d.,'’]*\d)?\s?(?:\p{Sc}|(?:USD|EUR|GBP|CHF|dollars|euros)\b)/gu;
const PLAIN_AMOUNT = /^(?:amount|price|cost|value)(?:_(?:usd|eur|gbp))?$/i;

export function toNumber(value: string, { name }: Field): number | undefined {
  const marked = value.match(AMOUNT)?.at(-1);
  const number = readNumber(marked ?? value);
  return number !== undefined && /_?cents$/i.test(name) ? Math.round(number * 100) : number;
}

/** The amount on the line about the field; for a total, the largest there is. */
export function findAmount(field: Field, facts: Facts): number | undefined {
  const isTotal = keyConcepts(field.name).has('total');
  if (isTotal || PLAIN_AMOUNT.test(field.name)) {
    const amounts = facts.text.match(AMOUNT)?.flatMap((amount) => readNumber(amount) ?? []) ?? [];
    if (amounts.length > 0) return amounts.reduce((most, amount) => Math.max(most, amount));
  }
  const line = lineAbout(field, numbered(facts), facts);
  return line === null ? undefined : toNumber(line, field);
}

export function findCount(field: Field, facts: Facts): number | undefined {
  const line = lineAbout(field, numbered(facts), facts);
  if (line === null) return undefined;
  const year = /\b(?:19|20)\d\d\b/.exec(line)?.[0];
  return /year/i.test(field.name) && year ? Number(year) : readNumber(line);
}

export function findPercent(field: Field, facts: Facts): number | undefined {
  const line = lineAbout(
    field,
    facts.lines.filter((l) => /\d\s?%/.test(l)),
    facts,
  );
  return readNumber(/\d[\d.,]*\s?%/.exec(line ?? '')?.[0] ?? '');
}

function numbered({ lines }: Facts): string[] {
  return lines.filter((line) => /\d/.test(line));
}
