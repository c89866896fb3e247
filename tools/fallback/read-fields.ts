import type { JsonSchema } from '../../src/core/tool/json-schema.ts';
import { labelTerms, type LabelledLine } from './labelled-lines.ts';
import { readBoolean, readCurrency, readDate, readEmail, readNumber } from './read-values.ts';

export interface LabelledText {
  text: string;
  lines: readonly LabelledLine[];
}

/** A field that can be read: one plain value. */
interface DescribedField {
  terms: readonly string[];
  description: string;
  /** Stems of the words of the description. */
  describedBy: ReadonlySet<string>;
  schema: JsonSchema;
}

/** Keywords of a field that are understood. A field that demands more is not read. */
const UNDERSTOOD = new Set([
  ...['type', 'enum', 'format', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['title', 'description', 'default', 'examples'],
]);

/** Words of a name that say what kind of thing it is: labels leave them out. */
const KINDS = new Set(
  ['address', 'amount', 'code', 'date', 'id', 'name', 'number', 'value'].flatMap(labelTerms),
);

/** The value of a field as the text states it, fit for its schema; undefined when it cannot be read. */
export function readField(name: string, schema: JsonSchema, source: LabelledText): unknown {
  const bare = withoutNull(schema);
  if (!bare || !Object.keys(bare).every((key) => UNDERSTOOD.has(key))) return undefined;
  const description = typeof bare['description'] === 'string' ? bare['description'] : '';
  const describedBy = new Set(labelTerms(description));
  const field: DescribedField = { terms: labelTerms(name), describedBy, description, schema: bare };
  const values = valuesFor(field, source.lines);
  const value =
    values.length > 0
      ? single(values.map((each) => readValue(each, field)))
      : readUnlabelled(field, source.text);
  return value !== undefined && fits(value, bare) && fitsFormat(value, bare) ? value : undefined;
}

/** Whether a field may say that there is no value. */
export function takesNull({ type, anyOf, enum: options }: JsonSchema): boolean {
  if (Array.isArray(options)) return options.includes(null) && takesNull({ type, anyOf });
  if (type === undefined) return branchesOf(anyOf).some(takesNull);
  return anyOf === undefined && [type].flat().includes('null');
}

const branchesOf = (anyOf: unknown): JsonSchema[] =>
  Array.isArray(anyOf) ? (anyOf as JsonSchema[]) : [];

/** The field without its `null`: `type: [x, "null"]` and `anyOf: [x, null]` say the same. */
function withoutNull({ anyOf, ...schema }: JsonSchema): JsonSchema | null {
  const branches = branchesOf(anyOf).filter(({ type }) => type !== 'null');
  if (anyOf !== undefined) return branches.length === 1 ? { ...branches[0], ...schema } : null;
  const { type } = schema;
  if (!Array.isArray(type)) return schema;
  const types = type.filter((each) => each !== 'null');
  return types.length === 1 ? { ...schema, type: types[0] as unknown } : null;
}

/** The values of the lines whose label fits best; a word that nothing explains makes it another field. */
function valuesFor(
  { terms, describedBy }: DescribedField,
  lines: readonly LabelledLine[],
): string[] {
  const isOwn = (term: string) => terms.includes(term);
  const scored = lines.flatMap(({ label, value }) => {
    const shared = label.filter(isOwn);
    const explained = label.every((term) => isOwn(term) || describedBy.has(term));
    const named = terms.every((term) => label.includes(term) || KINDS.has(term));
    if (shared.length === 0 || !explained || !named) return [];
    return [{ value, score: shared.length / (label.length + terms.length - shared.length) }];
  });
  const best = Math.max(0, ...scored.map(({ score }) => score));
  return scored.filter(({ score }) => score === best).map(({ value }) => value);
}

function readValue(text: string, field: DescribedField): unknown {
  const { type, enum: options } = field.schema;
  if (Array.isArray(options)) return optionFor(text, options);
  if (type === 'number' || type === 'integer') return readNumber(text) ?? undefined;
  if (type === 'boolean') return readBoolean(text) ?? undefined;
  return type === 'string' ? (readString(text, field) ?? undefined) : undefined;
}

function readString(text: string, { terms, description, schema: { format } }: DescribedField) {
  if (format === 'date') return readDate(text);
  if (format === 'email') return readEmail(text);
  if (description.includes('YYYY-MM-DD')) return readDate(text);
  if (terms.includes('mail')) return readEmail(text);
  // "PO-774 of 3 May" names the number first and then talks about it.
  const isCode = /^(?:number|code|id)$/.test(terms.at(-1) ?? '');
  return isCode ? text.replace(/^(\S*\d\S*)\s+\p{Ll}.*$/u, '$1') : text;
}

/** Values plain without a label: the only address, the only currency. */
function readUnlabelled({ terms, schema }: DescribedField, text: string): unknown {
  if (schema['type'] !== 'string') return undefined;
  const name = terms.join(' ');
  if (name === 'mail' || name === labelTerms('email address').join(' '))
    return readEmail(text) ?? undefined;
  return name === labelTerms('currency').join(' ') ? (readCurrency(text) ?? undefined) : undefined;
}

function optionFor(text: string, options: readonly unknown[]): unknown {
  return single(options.filter((option) => String(option).toLowerCase() === text.toLowerCase()));
}

const single = (values: readonly unknown[]): unknown =>
  new Set(values).size === 1 ? values[0] : undefined;

function fits(value: unknown, schema: JsonSchema): boolean {
  const { type, enum: options, minLength, maxLength, minimum, maximum } = schema;
  if (Array.isArray(options) && !options.includes(value)) return false;
  if (type === 'integer' && !Number.isInteger(value)) return false;
  if (type !== undefined && type !== 'integer' && typeof value !== type) return false;
  if (typeof value === 'string') return isWithin(Array.from(value).length, minLength, maxLength);
  return typeof value !== 'number' || isWithin(value, minimum, maximum);
}

/** A format that is not understood is fitted by nothing. */
function fitsFormat(value: unknown, { format }: JsonSchema): boolean {
  if (format === undefined) return true;
  if (typeof value !== 'string') return false;
  if (format === 'date') return readDate(value) === value;
  return format === 'email' && readEmail(value) === value;
}

const isWithin = (size: number, least: unknown = -Infinity, most: unknown = Infinity): boolean =>
  size >= Number(least) && size <= Number(most);
