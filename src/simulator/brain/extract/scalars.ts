import { readNumber } from '../numbers.ts';
import type { Field } from '../schema.ts';
import { findAddress } from './addresses.ts';
import { findAmount, findCount, findPercent, toNumber } from './amounts.ts';
import { findBoolean, toBoolean } from './booleans.ts';
import { toCurrency } from './currencies.ts';
import { toIsoDate, toIsoDateTime } from './dates.ts';
import type { Facts } from './facts.ts';
import { kindOf } from './kinds.ts';
import type { Kind } from './kinds.ts';
import { lineAbout } from './line-about.ts';
import { keyConcepts } from './key-concepts.ts';
import { matchPairs } from './match-key.ts';
import { findCompany, findPerson, readPerson } from './people.ts';

type Convert = (value: string, field: Field) => unknown;

/** A value as its kind is written, or undefined when it is something else. */
const CONVERT: Readonly<Record<Kind, Convert>> = {
  date: (value, { schema }) =>
    toIsoDate(value) ?? (schema['format'] === 'date' ? undefined : value),
  'date-time': toIsoDateTime,
  email: (value) => /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(value)?.[0],
  url: (value) =>
    /\b(?:https?:\/\/|www\.)\S*[^\s.,;]|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:\/\S*)?/i.exec(
      value,
    )?.[0],
  phone: (value) => /\+?[\d(][\d\s()./-]{5,}\d/.exec(value)?.[0].trim(),
  amount: toNumber,
  percent: (value) => readNumber(/\d[\d.,]*\s?%/.exec(value)?.[0] ?? ''),
  count: toNumber,
  currency: toCurrency,
  id: (value) => /[\p{L}\d][\p{L}\d/_-]*\d[\p{L}\d/_-]*/u.exec(value)?.[0],
  iban: (value) => IBAN.exec(value)?.[0],
  boolean: toBoolean,
  person: (value) => readPerson(value) ?? value,
  // Found by the lines it spans, not by one value.
  address: () => undefined,
  company: (value) => value,
  text: (value) => value,
};

const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b/;
const CARRIER =
  /\b(?:DHL|UPS|FedEx|USPS|DPD|GLS|Hermes|TNT|Royal Mail|Deutsche Post|PostNL|Correos)\b/;

export function convert(value: string, kind: Kind, field: Field): unknown {
  return CONVERT[kind](value, field);
}

type Find = (field: Field, facts: Facts) => unknown;

/** Where values stand that no line names. */
const FIND: Readonly<Record<Kind, Find>> = {
  date: (field, facts) => findDate(field, facts)?.iso,
  'date-time': (field, facts) => {
    const found = findDate(field, facts);
    return found && `${found.iso}T${found.time ?? '00:00:00'}Z`;
  },
  email: (_, { emails }) => emails[0],
  url: (field, { urls }) => urls.find((url) => mentions(url, field)) ?? urls[0],
  phone: (_, { phones }) => phones[0],
  amount: findAmount,
  percent: findPercent,
  count: findCount,
  currency: (_, { text }) => toCurrency(text),
  id: findId,
  iban: (_, { text }) => IBAN.exec(text)?.[0],
  boolean: findBoolean,
  person: ({ name }, facts) => findPerson(name, facts),
  address: findAddress,
  company: ({ name }, facts) => findCompany(name, facts),
  text: ({ name }, { text }) =>
    /carrier|courier/i.test(name) ? CARRIER.exec(text)?.[0] : undefined,
};

/** One value for a field: from the line that names it, else from where such values stand. */
export function findScalar(field: Field, facts: Facts): unknown {
  const kind = kindOf(field);
  for (const { value } of matchPairs(field, facts.pairs)) {
    const converted = convert(value, kind, field);
    if (converted !== undefined) return converted;
  }
  return FIND[kind](field, facts);
}

function mentions(text: string, { name }: Field): boolean {
  const lower = text.toLowerCase();
  return [...keyConcepts(name)].some((concept) => lower.includes(concept));
}

/** "due", "birth" and the like mean one date; a plain "date" is the first there is. */
const PLAIN_DATE =
  /^(?:date|invoice_?date|order_?date|issue_?date|issued|meeting_?date|sent|created)/i;

function findDate(field: Field, facts: Facts): Facts['dates'][number] | undefined {
  const { dates, text, lines } = facts;
  const dated = lines.filter((line) => dates.some((date) => line.includes(date.text)));
  const line = lineAbout(field, dated, facts);
  const near = line === null ? undefined : dates.find((date) => line.includes(date.text));
  if (near && text !== '') return near;
  return PLAIN_DATE.test(field.name) ? dates[0] : undefined;
}

/** "order #A-17", "invoice number is 2026/003". */
function findId(field: Field, { text }: Facts): string | undefined {
  const [subject = ''] = field.name.replace(/([a-z])([A-Z])/g, '$1 $2').split(/[_\s-]+/);
  if (!/^[a-z]+$/i.test(subject)) return undefined;
  const between = String.raw`(?:\s*(?:\b(?:number|no|nr|id|code|ref|reference|is|was|with)\b\.?|[#:(])){0,4}\s*`;
  const id = String.raw`([A-Z\d][A-Z\d/_-]*\d[A-Z\d/_-]*)`;
  return new RegExp(String.raw`\b${subject}\b${between}${id}`, 'i').exec(text)?.[1];
}
