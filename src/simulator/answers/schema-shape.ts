import { isList, isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';

const MAX_STEPS = 12;

/**
 * Steps that one reply spends on a schema: a few references may unfold to more than anybody can follow. Past
 * it the rest is read as if it said nothing, as by a model that has lost the thread.
 */
const MAX_STEPS_OF_A_REPLY = 100_000;

const spent = new WeakMap<JsonObject, number>();

/** Whether there are steps left for a reply. @param root of its schema: one object for each reply */
export function takeStep(root: JsonObject, steps = 1): boolean {
  const before = spent.get(root) ?? 0;
  spent.set(root, before + steps);
  return before < MAX_STEPS_OF_A_REPLY;
}

/** Follows `$ref`, merges `allOf` and takes the first real branch of a choice, so that one type is left. */
export function simplify(schema: JsonObject, root: JsonObject): JsonObject {
  let simple = schema;
  for (let step = 0; step < MAX_STEPS && takeStep(root); step += 1) {
    const next = simplifyOnce(simple, root);
    if (next === simple) return simple;
    simple = next;
  }
  return {};
}

const SHAPES = ['$ref', 'allOf', 'anyOf', 'oneOf'];

function simplifyOnce(schema: JsonObject, root: JsonObject): JsonObject {
  if (!SHAPES.some((key) => key in schema)) return schema;
  const { $ref, allOf, anyOf, oneOf, ...rest } = schema;
  if (typeof $ref === 'string') return { ...followRef($ref, root), ...rest };
  if (isList(allOf) && takeStep(root, allOf.length))
    return Object.assign({}, ...allOf.filter(isObject), rest) as JsonObject;
  const branches = anyOf ?? oneOf;
  if (!isList(branches)) return schema;
  const real = branches.filter(isObject).find((branch) => !isNull(simplify(branch, root)));
  return { ...rest, ...(real ?? { type: 'null' }) };
}

function isNull(schema: JsonObject): boolean {
  return schema['type'] === 'null' || schema['const'] === null;
}

function followRef(ref: string, root: JsonObject): JsonObject {
  let at: unknown = root;
  for (const key of ref.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    at = isObject(at) ? at[key] : undefined;
  }
  return isObject(at) ? at : {};
}

export function isNullable(schema: JsonObject, root: JsonObject, depth = 0): boolean {
  if (depth > MAX_STEPS || !takeStep(root)) return false;
  const { $ref, type } = schema as { $ref?: unknown; type?: unknown };
  if (typeof $ref === 'string') return isNullable(followRef($ref, root), root, depth + 1);
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (isList(branches))
    return branches.filter(isObject).some((branch) => isNullable(branch, root, depth + 1));
  if (isList(schema['enum'])) return schema['enum'].includes(null);
  return isNull(schema) || (isList(type) && type.includes('null'));
}

/** The one type to produce; null is never first choice. */
export function typeOf(schema: JsonObject): unknown {
  const { type } = schema as { type?: unknown };
  if (isList(type)) return type.find((name) => name !== 'null') ?? 'null';
  if (type === undefined && isObject(schema['properties'])) return 'object';
  return type;
}

export function boundOf(schema: JsonObject, keyword: string, otherwise: number): number {
  const value = schema[keyword];
  return typeof value === 'number' ? value : otherwise;
}
