import { isList, isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { boundOf, typeOf } from './schema-shape.ts';

type Simplify = (schema: JsonObject) => JsonObject;

const MAX_DEPTH = 12;
/** No model writes more than so much of nothing, whatever a schema wants. */
const MAX_ITEMS = 1_000;
const MAX_CHARS = 10_000;

const EMPTY_OF_FORMAT: Readonly<Record<string, string>> = {
  date: '1970-01-01',
  'date-time': '1970-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'unknown@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** The value that says least and still validates: what stands where the text has nothing to say. */
export function emptiest(raw: JsonObject, simplify: Simplify, depth = 0): unknown {
  const schema = simplify(raw);
  if ('const' in schema) return schema['const'];
  if (isList(schema['enum'])) return schema['enum'][0];
  const down = (inner: JsonObject): unknown => emptiest(inner, simplify, depth + 1);
  const type = typeOf(schema);
  const build = EMPTY_OF_TYPE[typeof type === 'string' ? type : 'string'];
  return build && depth <= MAX_DEPTH ? build(schema, down) : null;
}

type Build = (schema: JsonObject, down: (inner: JsonObject) => unknown) => unknown;

const EMPTY_OF_TYPE: Readonly<Record<string, Build>> = {
  string: emptyString,
  integer: emptyNumber,
  number: emptyNumber,
  boolean: () => false,
  array: (schema, down) =>
    Array.from({ length: Math.min(MAX_ITEMS, boundOf(schema, 'minItems', 0)) }, () =>
      down(isObject(schema['items']) ? schema['items'] : {}),
    ),
  object: emptyObject,
};

function emptyString(schema: JsonObject): string {
  const { format } = schema as { format?: unknown };
  const known = typeof format === 'string' ? EMPTY_OF_FORMAT[format] : undefined;
  return known ?? '-'.repeat(Math.min(MAX_CHARS, boundOf(schema, 'minLength', 0)));
}

/** Zero, or the bound nearest to it. */
function emptyNumber(schema: JsonObject): number {
  const step = typeOf(schema) === 'integer' ? 1 : 0.5;
  const low = Math.max(
    boundOf(schema, 'minimum', -Infinity),
    boundOf(schema, 'exclusiveMinimum', -Infinity) + step,
  );
  const high = Math.min(
    boundOf(schema, 'maximum', Infinity),
    boundOf(schema, 'exclusiveMaximum', Infinity) - step,
  );
  return Math.min(high, Math.max(low, 0));
}

function emptyObject(schema: JsonObject, down: (inner: JsonObject) => unknown): JsonObject {
  const { properties, required } = schema as { properties?: unknown; required?: unknown };
  const wanted = new Set(isList(required) ? required : []);
  const entries = Object.entries(isObject(properties) ? properties : {});
  return Object.fromEntries(
    entries
      .filter(([name]) => wanted.has(name))
      .map(([name, property]) => [name, isObject(property) ? down(property) : null]),
  );
}
