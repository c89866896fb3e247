import type { SchemaField, Resolve } from '../schema.ts';
import { readDuty, toTask } from './duties.ts';
import { readFacts } from './facts.ts';
import type { Facts } from './facts.ts';
import { codeOf, goodsOf, plainOf, priceOf, quantityOf, variantOf } from './goods.ts';
import { findScalar } from './scalars.ts';

/** "Senior Engineer at Ferrywave (2021 - present)". */
const POST =
  /^(.+?)(?: at | @ |, | [-–—|] )(.+?)[\s,(]*(?:((?:19|20)\d\d)\s*(?:(?:[-–—]|to)\s*((?:19|20)\d\d|\p{L}+))?\)?)?$/u;
/** "by Friday": no date can be made of it, but it is what was said. */
const DUE_WORDS =
  /\b(?:by|before|until|due|on)\s+((?:next |end of |the end of )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|noon|week|month|year))\.?$/iu;

type ReadLine = (line: string, field: SchemaField, facts: Facts) => unknown;

const READERS: readonly (readonly [fields: RegExp, read: ReadLine])[] = [
  [/quantity|qty|count|units/i, quantityOf],
  [/price|cost|amount|total|rate/i, (line, { name }) => priceOf(name, line)],
  [/(?:number|no|code|sku|id)$/i, codeOf],
  [/variant|colou?r|size|option/i, variantOf],
  [/owner|assignee|who|responsible|person/i, (line) => readDuty(line)?.owner],
  [/start|from|since/i, (line, field) => yearOf(field, POST.exec(line)?.[3])],
  [/end|until/i, (line, field) => yearOf(field, POST.exec(line)?.[4])],
  [/due|deadline|date|when/i, (line, _, { dates }) => dueOf(line, dates)],
  [/task|action|todo|what/i, (line) => readDuty(line)?.task ?? toTask(plainOf(line))],
  [/title|position|role|degree/i, (line) => POST.exec(line)?.[1] ?? plainOf(line)],
  [
    /company|employer|organi[sz]ation|school|institution|university/i,
    (line) => POST.exec(line)?.[2],
  ],
  [/name|description|item|product|text/i, goodsOf],
];

/** One line of a list, read for whatever the items of that list are made of. */
export function lineResolver(line: string, facts: Facts): Resolve {
  return (field) => {
    const reader = READERS.find(([fields]) => fields.test(field.name));
    return reader ? reader[1](line, field, facts) : findScalar(field, readFacts(line));
  };
}

/** The whole text knows the year that a line leaves out. */
function dueOf(line: string, dates: Facts['dates']): string | undefined {
  return dates.find(({ text }) => line.includes(text))?.iso ?? DUE_WORDS.exec(line)?.[1];
}

function yearOf({ schema }: SchemaField, year: string | undefined): unknown {
  const isYear = year !== undefined && /^\d{4}$/.test(year);
  return isYear && schema['type'] !== 'string' ? Number(year) : year;
}
