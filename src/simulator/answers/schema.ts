import { isList, isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { emptiest } from './schema-empty.ts';
import { fitBoolean, fitChoice, fitNumber, fitString } from './schema-fit.ts';
import type { Fit } from './schema-fit.ts';
import { boundOf, isNullable, simplify, takeStep, typeOf } from './schema-shape.ts';

/** One property to be filled, as its schema describes it. */
export interface SchemaField {
  readonly name: string;
  /** The property whose object this is a part of; empty at the top. */
  readonly parent: string;
  readonly description: string;
  readonly schema: JsonObject;
  /** The members of an `enum`, of the field or of its items; empty if there is none. */
  readonly choices: readonly string[];
}

/**
 * Knows values by what a field means; `undefined` when it knows none. A nested object may be answered
 * with another resolver, a list of objects with a list of them. What does not fit the schema is dropped.
 */
export type Resolve = (field: SchemaField) => unknown;

/** The first resolver that knows. */
export function firstOf(...resolvers: readonly Resolve[]): Resolve {
  return (field) => {
    for (const resolve of resolvers) {
      const value = resolve(field);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** A resolver over plain values by field name. */
export function recordResolver(record: Readonly<Record<string, unknown>>): Resolve {
  return ({ name }) => record[name];
}

/** A value that validates against the schema, filled with all that the resolver knows. */
export function fillSchema(given: JsonObject, resolve: Resolve): unknown {
  // Steps are counted by it, and the next reply has its own.
  const root = { ...given };
  const filling: SchemaFilling = { root, resolve, parent: '', depth: 0 };
  const schema = simplify(root, root);
  if (isObject(schema['properties'])) return fillObject(schema, filling);
  return fillValue('', root, filling) ?? absent(root, filling);
}

interface SchemaFilling {
  readonly root: JsonObject;
  readonly resolve: Resolve;
  readonly parent: string;
  readonly depth: number;
}

/** Schemas may refer to themselves; somewhere the filling has to end. */
const MAX_DEPTH = 12;

function fillObject(schema: JsonObject, filling: SchemaFilling): JsonObject | undefined {
  const { root, depth } = filling;
  if (depth >= MAX_DEPTH || !isObject(schema['properties']) || !takeStep(root)) return undefined;
  const inner = { ...filling, depth: depth + 1 };
  const required = new Set(isList(schema['required']) ? schema['required'] : []);
  const object: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema['properties'])) {
    if (!isObject(property)) continue;
    const value = fillValue(name, property, inner);
    if (value !== undefined) object[name] = value;
    else if (isNullable(property, root)) object[name] = null;
    else if (required.has(name)) object[name] = absent(property, inner);
  }
  return object;
}

/** A field is looked for in the whole text: so many steps. */
const STEPS_OF_A_FIELD = 50;

function fillValue(name: string, raw: JsonObject, filling: SchemaFilling): unknown {
  if (!takeStep(filling.root, STEPS_OF_A_FIELD)) return undefined;
  const schema = simplify(raw, filling.root);
  const value = filling.resolve(describe(name, schema, filling));
  const fitted = value === undefined ? undefined : fit(value, raw, filling);
  // An object nobody knows as a whole may still be known by its parts.
  return fitted ?? (value === null ? fitted : fillKnown(schema, { ...filling, parent: name }));
}

/** The object, unless nothing in it is known. */
function fillKnown(schema: JsonObject, filling: SchemaFilling): JsonObject | undefined {
  const known: unknown[] = [];
  const object = fillObject(schema, {
    ...filling,
    resolve: (field) => {
      const value = filling.resolve(field);
      if (value !== undefined) known.push(value);
      return value;
    },
  });
  return known.length > 0 ? object : undefined;
}

const FIT_OF_TYPE: Readonly<Record<string, Fit>> = {
  string: fitString,
  integer: fitNumber,
  number: fitNumber,
  boolean: fitBoolean,
};

function fit(value: unknown, raw: JsonObject, filling: SchemaFilling): unknown {
  if (value === null) return isNullable(raw, filling.root) ? null : undefined;
  const schema = simplify(raw, filling.root);
  if ('const' in schema) return value === schema['const'] ? value : undefined;
  if (isList(schema['enum'])) return fitChoice(value, schema['enum']);
  const type = String(typeOf(schema));
  if (type === 'array') return fitArray(value, schema, filling);
  if (typeof value === 'function') {
    return fillKnown(schema, { ...filling, resolve: value as Resolve });
  }
  if (type === 'object') return undefined;
  return FIT_OF_TYPE[type] ? FIT_OF_TYPE[type](value, schema) : value;
}

function fitArray(value: unknown, schema: JsonObject, filling: SchemaFilling): unknown {
  const items = isObject(schema['items']) ? schema['items'] : {};
  const members = (isList(value) ? value : [value])
    .map((member) => fit(member, items, filling))
    .filter((member) => member !== undefined);
  const kept = schema['uniqueItems'] === true ? [...new Set(members)] : members;
  if (kept.length < boundOf(schema, 'minItems', 0)) return undefined;
  return kept.slice(0, boundOf(schema, 'maxItems', Infinity));
}

function absent(schema: JsonObject, { root }: SchemaFilling): unknown {
  if (isNullable(schema, root)) return null;
  return emptiest(schema, (raw) => simplify(raw, root));
}

function describe(name: string, schema: JsonObject, { root, parent }: SchemaFilling): SchemaField {
  const { description } = schema as { description?: unknown };
  const items = isObject(schema['items']) ? simplify(schema['items'], root) : {};
  const members = schema['enum'] ?? items['enum'];
  return {
    name,
    parent,
    description: typeof description === 'string' ? description : '',
    schema,
    choices: isList(members) ? members.filter((member) => typeof member === 'string') : [],
  };
}
