import { RE2JS } from 're2js';
import type { JsonObject } from '../json.ts';
import { readNumber } from './numbers.ts';
import { boundOf, typeOf } from './schema-shape.ts';

/** A known value as the schema allows it; undefined when it can not be made to fit. */
export type Fit = (value: unknown, schema: JsonObject) => unknown;

export const fitString: Fit = (value, schema) => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  // By code points: a cut must not leave half a character.
  const letters = Array.from(String(value)).slice(0, boundOf(schema, 'maxLength', Infinity));
  const text = letters.join('');
  if (letters.length < boundOf(schema, 'minLength', 0)) return undefined;
  return hasPattern(text, schema['pattern']) && hasFormat(text, schema['format'])
    ? text
    : undefined;
};

/** A pattern is only a wish beyond these, and one that the linear engine does not know. */
const MAX_PATTERN_CHARS = 500;
const MAX_MATCHED_CHARS = 2_000;

function hasPattern(text: string, pattern: unknown): boolean {
  if (typeof pattern !== 'string') return true;
  if (pattern.length > MAX_PATTERN_CHARS || text.length > MAX_MATCHED_CHARS) return true;
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern)).test(text);
  } catch {
    return true;
  }
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
  time: /^\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?$/,
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  uri: /^[a-z][a-z\d+.-]*:\S+$/i,
  uuid: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
};

function hasFormat(text: string, format: unknown): boolean {
  return typeof format !== 'string' || (FORMATS[format]?.test(text) ?? true);
}

export const fitNumber: Fit = (value, schema) => {
  const number = typeof value === 'string' ? readNumber(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  if (typeOf(schema) === 'integer' && !Number.isInteger(number)) return undefined;
  return isWithin(number, schema) ? number : undefined;
};

function isWithin(number: number, schema: JsonObject): boolean {
  return (
    number >= boundOf(schema, 'minimum', -Infinity) &&
    number <= boundOf(schema, 'maximum', Infinity) &&
    number > boundOf(schema, 'exclusiveMinimum', -Infinity) &&
    number < boundOf(schema, 'exclusiveMaximum', Infinity)
  );
}

export const fitBoolean: Fit = (value) => (typeof value === 'boolean' ? value : undefined);

/** The member of an `enum` that is meant, whatever its capitals. */
export function fitChoice(value: unknown, choices: readonly unknown[]): unknown {
  if (choices.includes(value)) return value;
  const wanted = String(value).toLowerCase();
  return choices.find((choice) => String(choice).toLowerCase() === wanted);
}
