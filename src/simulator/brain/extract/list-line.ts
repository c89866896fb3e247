import { readNumber } from '../numbers.ts';
import type { Field, Resolve } from '../schema.ts';
import { findDates } from './dates.ts';
import { readFacts } from './facts.ts';
import { findScalar } from './scalars.ts';

/** "2 x Blue mug", "Blue mug x2": a line of an order, with or without a bullet. */
export const QUANTITY = /^(\d+)\s*(?:x|×|pcs?\.?)\s+|\s(?:x|×)\s?(\d+)\b/i;
const PRICE =
  /(?:@|at|à|for|[-–—:])?\s*\(?(?:\p{Sc}\s?\d[\d.,]*|\d[\d.,]*\s?(?:\p{Sc}|EUR|USD|GBP))(?:\s*(?:each|per \w+|ea\.?))?\)?/giu;
/** "Anna: send the report", "Anna will send the report". */
const DUTY = /^(\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?)\s*(?::|[-–—]|\bto\b|\bwill\b)\s+(.+)$/u;
/** "Senior Engineer at Ferrywave (2021 - present)". */
const POST =
  /^(.+?)(?: at | @ |, | [-–—|] )(.+?)[\s,(]*(?:((?:19|20)\d\d)\s*(?:(?:[-–—]|to)\s*((?:19|20)\d\d|\p{L}+))?\)?)?$/u;
/** "by Friday": no date can be made of it, but it is what was said. */
const DUE_WORDS = /\b(?:by|before|until|due|on)\s+((?:next |end of |the end of )?\p{L}+)\.?$/u;
const DUE = /[\s,(]*\b(?:by|before|until|due(?: on| by)?)\s+[^.]{3,25}[.)]*$/;

type Read = (field: Field) => unknown;

/** One line of a list, read for whatever the items of that list are made of. */
export function lineResolver(line: string): Resolve {
  const readers: readonly (readonly [fields: RegExp, read: Read])[] = [
    [/quantity|qty|count|units/i, () => quantityOf(line)],
    [/price|cost|amount|total|rate/i, ({ name }) => priceOf(name, line)],
    [/owner|assignee|who|responsible|person/i, () => DUTY.exec(line)?.[1]],
    [/start|from|since/i, (field) => yearOf(field, POST.exec(line)?.[3])],
    [/end|until/i, (field) => yearOf(field, POST.exec(line)?.[4])],
    [/due|deadline|date|when/i, () => findDates(line)[0]?.iso ?? DUE_WORDS.exec(line)?.[1]],
    [/task|action|todo|what/i, () => dutyOf(line)],
    [/title|position|role|degree/i, () => POST.exec(line)?.[1] ?? plainOf(line)],
    [/company|employer|organi[sz]ation|school|institution|university/i, () => POST.exec(line)?.[2]],
    [/name|description|item|product|text/i, () => plainOf(line)],
  ];
  return (field) => {
    const reader = readers.find(([fields]) => fields.test(field.name));
    return reader ? reader[1](field) : findScalar(field, readFacts(line));
  };
}

function quantityOf(line: string): number {
  const found = QUANTITY.exec(line);
  return Number(found?.[1] ?? found?.[2] ?? 1);
}

function priceOf(name: string, line: string): number | undefined {
  const prices = line.match(PRICE) ?? [];
  const wanted = /total|amount/i.test(name) ? prices.at(-1) : prices[0];
  return wanted === undefined ? undefined : readNumber(wanted.replace(/^[^\d\p{Sc}]+/u, ''));
}

function yearOf({ schema }: Field, year: string | undefined): unknown {
  const isYear = year !== undefined && /^\d{4}$/.test(year);
  return isYear && schema['type'] !== 'string' ? Number(year) : year;
}

function dutyOf(line: string): string {
  const duty = DUTY.exec(line)?.[2] ?? plainOf(line);
  return duty.replace(DUE, '').replace(/\.$/, '');
}

/** The line without its amounts: the name of the thing. */
function plainOf(line: string): string {
  const bare = line.replace(QUANTITY, ' ').replace(PRICE, ' ').replace(/\s+/g, ' ');
  return bare.replace(/^[\s,–—-]+|[\s,:–—-]+$/g, '');
}
