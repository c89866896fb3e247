import { readNumber } from '../numbers.ts';
import type { SchemaField } from '../schema.ts';
import { findAddress } from './addresses.ts';
import { findAmount, findCount, findPercent, toAmount, toPercent } from './amounts.ts';
import { findBoolean, toBoolean } from './booleans.ts';
import { findCompany, readCompany } from './companies.ts';
import { toCurrency } from './currencies.ts';
import { findDate, isLimit } from './date-about.ts';
import { toIsoDate, toIsoDateTime } from './dates.ts';
import type { Facts } from './facts.ts';
import { findId, findVatNumber, toId, toVatNumber } from './ids.ts';
import { kindOf } from './kinds.ts';
import type { FieldKind } from './kinds.ts';
import { keyConcepts } from './key-concepts.ts';
import { findContact, readPerson } from './letter.ts';
import { matchPairs } from './match-key.ts';
import { findPerson } from './people.ts';

type Convert = (value: string, field: SchemaField) => unknown;

/** A value as its kind is written, or undefined when it is something else. */
const CONVERT: Readonly<Record<FieldKind, Convert>> = {
  date: (value, { schema }) =>
    toIsoDate(value) ?? (schema['format'] === 'date' ? undefined : value),
  'date-time': toIsoDateTime,
  email: (value) => /(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/.exec(value)?.[0],
  url: (value) =>
    /\b(?:https?:\/\/|www\.)\S*[^\s.,;]|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:\/\S*)?/i.exec(
      value,
    )?.[0],
  phone: (value) => /\+?[\d(][\d\s()./-]{5,}\d/.exec(value)?.[0].trim(),
  amount: toAmount,
  percent: toPercent,
  count: (value) => readNumber(value),
  currency: toCurrency,
  id: toId,
  vat: toVatNumber,
  iban: (value) => IBAN.exec(value)?.[0],
  boolean: toBoolean,
  person: (value) => readCompany(value) ?? readPerson(value) ?? value,
  // Found by the lines it spans, not by one value.
  address: () => undefined,
  company: (value) => value.replace(/\s*<[^>]*>/, ''),
  text: (value) => value,
};

const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b/;
const CARRIER =
  /\b(?:DHL|UPS|FedEx|USPS|DPD|GLS|Hermes|TNT|Royal Mail|Deutsche Post|PostNL|Correos)\b/;

export function convert(value: string, kind: FieldKind, field: SchemaField): unknown {
  return CONVERT[kind](value, field);
}

type Find = (field: SchemaField, facts: Facts) => unknown;

/** Where values stand that no line names. */
const FIND: Readonly<Record<FieldKind, Find>> = {
  date: (field, facts) => findDate(field, facts)?.iso,
  'date-time': (field, facts) => {
    const found = findDate(field, facts);
    return found && `${found.iso}T${found.time ?? '00:00:00'}Z`;
  },
  email: (_, { emails }) => emails[0],
  url: (field, { urls }) => urls.find((url) => mentions(url, field)) ?? urls[0],
  phone: findPhone,
  amount: findAmount,
  percent: findPercent,
  count: findCount,
  currency: (_, { text }) => toCurrency(text),
  id: findId,
  vat: findVatNumber,
  iban: (_, { text }) => IBAN.exec(text)?.[0],
  boolean: findBoolean,
  person: ({ name }, facts) => findPerson(name, facts),
  address: findAddress,
  company: ({ name }, facts) => findCompany(name, facts),
  text: ({ name }, { text }) =>
    /carrier|courier/i.test(name) ? CARRIER.exec(text)?.[0] : undefined,
};

/** One value for a field: from the line that names it, else from where such values stand. */
export function findScalar(field: SchemaField, facts: Facts): unknown {
  const kind = kindOf(field);
  for (const { key, value } of matchPairs(field, facts.pairs)) {
    if (isAnother(key, kind, field)) continue;
    const converted = convert(value, kind, field);
    if (converted !== undefined) return converted;
  }
  return FIND[kind](field, facts);
}

/** A number of something is no amount of it, and the date of a letter no deadline. */
function isAnother(key: string, kind: FieldKind, field: SchemaField): boolean {
  if (kind === 'amount') return keyConcepts(key).has('number');
  return kind === 'date' && isLimit(field) && /^date$/i.test(key);
}

function mentions(text: string, { name }: SchemaField): boolean {
  const lower = text.toLowerCase();
  return [...keyConcepts(name)].some((concept) => lower.includes(concept));
}

/** The number of the one to ask for stands behind the name. */
function findPhone({ name }: SchemaField, facts: Facts): string | undefined {
  const contact = /contact/i.test(name) ? findContact(facts) : undefined;
  const at = contact === undefined ? -1 : facts.text.indexOf(contact);
  const phones = facts.phones.map((phone) => phone.trim());
  return phones.find((phone) => facts.text.indexOf(phone) > at) ?? phones[0];
}
