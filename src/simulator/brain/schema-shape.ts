import { isList, isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';

const MAX_STEPS = 12;

/** Follows `$ref`, merges `allOf` and takes the first real branch of a choice, so that one type is left. */
export function simplify(schema: JsonObject, root: JsonObject): JsonObject {
  let simple = schema;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const next = simplifyOnce(simple, root);
    if (next === simple) return simple;
    simple = next;
  }
  return {};
}

function simplifyOnce(schema: JsonObject, root: JsonObject): JsonObject {
  const { $ref, allOf, anyOf, oneOf, ...rest } = schema;
  if (typeof $ref === 'string') return { ...followRef($ref, root), ...rest };
  if (isList(allOf)) return Object.assign({}, ...allOf.filter(isObject), rest) as JsonObject;
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

export function isNullable(schema: JsonObject, root: JsonObject): boolean {
  const { $ref, type } = schema as { $ref?: unknown; type?: unknown };
  if (typeof $ref === 'string') return isNullable(followRef($ref, root), root);
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (isList(branches)) return branches.filter(isObject).some((branch) => isNullable(branch, root));
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
