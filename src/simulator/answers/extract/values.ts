import { isList } from '../../json.ts';
import { splitName } from '../classify.ts';
import { readNumber } from '../numbers.ts';
import type { SchemaField } from '../schema.ts';
import { toWordStems } from '../words.ts';
import { findDates, toIsoDateTime } from './dates.ts';
import type { Facts } from './facts.ts';
import { keyConcepts, matchPairs, sentenceAbout } from './match-key.ts';

const DIGITS = String.raw`\d(?:[\d.,'’]*\d)?`;
const CODE = '(?:USD|EUR|GBP|CHF)';
const AMOUNT = new RegExp(
  String.raw`[-−]?(?:\p{Sc}|\b${CODE}\b)\s?${DIGITS}|[-−]?${DIGITS}\s?(?:\p{Sc}|(?:${CODE}|dollars|euros)\b)`,
  'gu',
);
const NUMBER = new RegExp(String.raw`(?<![\w.,-])[-−]?${DIGITS}(?![\w-])`, 'gu');
const PERCENT = /\d[\d.,]{0,12}\s?(?:%|percent\b)/;
const ID = /[\p{L}\d][\p{L}\d/_-]*\d[\p{L}\d/_-]*/u;
const CURRENCIES: readonly (readonly [mark: RegExp, code: string])[] = [
  [/\bEUR\b|€|\beuros?\b/i, 'EUR'],
  [/\bGBP\b|£/i, 'GBP'],
  [/\bCHF\b/, 'CHF'],
  [/\bUSD\b|\$|\bdollars?\b/i, 'USD'],
];

/** The ISO code of the currency a text calculates in. */
export function toCurrency(text: string): string | undefined {
  return CURRENCIES.find(([mark]) => mark.test(text))?.[1];
}

/** The last amount of a line, which is a sum's own; dates, percents and brackets are none. */
function toAmount(value: string, { name }: SchemaField): number | undefined {
  const dated = findDates(value).reduce((rest, { text }) => rest.replace(text, ' '), value);
  const plain = dated.replace(new RegExp(PERCENT, 'g'), ' ').replace(/\([^()]*\)/g, ' ');
  const numbers = plain.match(AMOUNT) ?? plain.match(NUMBER) ?? [];
  const isLowest = /(?:^|_)(?:min|lowest)/i.test(name);
  const number = readNumber((isLowest ? plain.match(NUMBER)?.[0] : numbers.at(-1)) ?? '');
  return number !== undefined && /discount/i.test(name) ? Math.abs(number) : number;
}

export function readEmails(text: string): string[] {
  return [...new Set(text.match(/(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g))];
}

function toBoolean(value: string): boolean | undefined {
  if (/^(?:yes|true|y|x|✓|✔)(?!\w)/i.test(value)) return true;
  return /^(?:no|false|n|none|not)\b/i.test(value) ? false : undefined;
}

type Convert = (value: string, field: SchemaField, whole: string) => unknown;
type Kind = keyof typeof CONVERT;

/** A value as its kind is written, or undefined when it is something else. */
const CONVERT = {
  date: (value, _, whole) => findDates(value, whole)[0]?.iso,
  'date-time': (value, _, whole) => toIsoDateTime(value, whole),
  email: (value) => readEmails(value)[0],
  url: (value) => /\b(?:https?:\/\/|www\.)\S*[^\s.,;]/i.exec(value)?.[0],
  phone: (value) => /\+?[\d(][\d\s()./-]{5,}\d/.exec(value)?.[0],
  amount: toAmount,
  percent: (value) => readNumber(PERCENT.exec(value)?.[0] ?? ''),
  count: (value) => readNumber(value),
  currency: toCurrency,
  id: (value) => ID.exec(value)?.[0],
  boolean: toBoolean,
  text: (value) => value.replace(/\s*<[^>]*>/, ''),
} satisfies Record<string, Convert>;

const KINDS: readonly (readonly [names: RegExp, kind: Kind])[] = [
  [/\be ?mail\b/, 'email'],
  [/\b(?:url|uri|website|link)\b/, 'url'],
  [/\b(?:phone|telephone|mobile|tel)\b/, 'phone'],
  [/\bcurrency\b/, 'currency'],
  [/\b(?:date|deadline|birthday)\b/, 'date'],
  [/\b(?:number|no|nr|id|reference|ref|code|sku)\b/, 'id'],
  [/\b(?:total|price|amount|cost|fee|tax|subtotal|balance)\b/, 'amount'],
];

const FORMATS: Readonly<Record<string, Kind>> = {
  date: 'date',
  'date-time': 'date-time',
  email: 'email',
  uri: 'url',
};

/** Tells the sort of value a field wants: from its type and format first, its name second. */
function kindOf({ name, schema }: SchemaField): Kind {
  const { type, format } = schema as { type?: unknown; format?: unknown };
  const types: readonly unknown[] = isList(type) ? type : [type];
  const plain = splitName(name).toLowerCase();
  if (types.includes('boolean')) return 'boolean';
  const number = types.includes('integer') ? 'count' : types.includes('number') ? 'amount' : null;
  if (number !== null) return /\b(?:percent|percentage|rate)\b/.test(plain) ? 'percent' : number;
  const named = KINDS.find(([names]) => names.test(plain))?.[1];
  return FORMATS[String(format)] ?? named ?? 'text';
}

export function asksForCurrency(field: SchemaField): boolean {
  return kindOf(field) === 'currency';
}

/** One value for a field: from the line that names it, else from where such values stand. */
export function findValue(field: SchemaField, facts: Facts): unknown {
  const kind = kindOf(field);
  const convert = (value: string): unknown => (CONVERT[kind] as Convert)(value, field, facts.text);
  for (const { key, value } of matchPairs(field, facts.pairs)) {
    // A number of something is no amount of it.
    if (kind === 'amount' && keyConcepts(key).has('number')) continue;
    const converted = convert(value);
    if (converted !== undefined) return converted;
  }
  if (kind === 'text') return undefined;
  if (kind === 'boolean') return findBoolean(field, facts);
  const isSum = kind === 'amount' && PLAIN_AMOUNT.test(field.name);
  return (isSum ? findLargest(facts) : undefined) ?? findUnnamed({ kind, convert }, field, facts);
}

interface WantedValue {
  readonly kind: Kind;
  readonly convert: (value: string) => unknown;
}

function findUnnamed({ kind, convert }: WantedValue, field: SchemaField, facts: Facts): unknown {
  const fitting = facts.sentences.filter((sentence) => convert(sentence) !== undefined);
  if (isFirst(kind, field)) return convert(fitting[0] ?? '');
  const isLimit = kind === 'date' && LIMIT_FIELD.test(field.name);
  const due = isLimit ? fitting.find(isDeadline) : undefined;
  return convert(sentenceAbout(field, fitting) ?? due ?? '');
}

/** An amount that is not said to be another one is what all comes to: the largest there is. */
const PLAIN_AMOUNT = /^(?:total|amount|price|cost)$/i;

function findLargest({ text }: Facts): number | undefined {
  const amounts = text.match(AMOUNT)?.flatMap((found) => readNumber(found) ?? []) ?? [];
  return amounts.length > 0 ? amounts.reduce((a, b) => Math.max(a, b)) : undefined;
}

/** A day by which something has to be done, in the field and in front of the date. */
const LIMIT_FIELD = /latest|due|deadline|(?:^|_)by$|until/i;

function isDeadline(sentence: string): boolean {
  return /\b(?:by|before|until)\s+(?:\p{L}+,? )?\d/iu.test(sentence);
}

/** A value of which a text has one, as a rule, is the first. */
function isFirst(kind: Kind, { name }: SchemaField): boolean {
  if (kind === 'date' || kind === 'date-time') return PLAIN_DATE.test(name);
  return ['email', 'url', 'phone', 'currency'].includes(kind);
}

const PLAIN_DATE = /^(?:date|day|(?:order|invoice|meeting)_?date|sent|created)$/i;

/** True when the text mentions it, false when it denies it, unknown when it is silent. */
function findBoolean({ name }: SchemaField, { sentences }: Facts): boolean | undefined {
  const around = /^(?:is|has|was|needs?|wants?) | (?:requested|needed|wanted|required)$/g;
  const wanted = toWordStems(splitName(name).toLowerCase().replace(around, ''));
  const about = sentences.find((sentence) => {
    const stems = new Set(toWordStems(sentence));
    return wanted.length > 0 && wanted.every((stem) => stems.has(stem));
  });
  return about === undefined ? undefined : !/\b(?:not|no|never|without)\b|n't\b/i.test(about);
}
