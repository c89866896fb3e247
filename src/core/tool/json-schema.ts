import { createRequire } from 'node:module';
import { z } from 'zod';
import type * as ZodToJsonSchema from 'zod-to-json-schema';
import type { OverrideCallback } from 'zod-to-json-schema';
import type { ZodType as Zod3Type } from 'zod/v3';

/** A schema as a team has it: zod 4, or zod 3 from before. */
export type AnySchema = z.ZodType | Zod3Type;

/** JSON Schema 2020-12, always an object here. */
export type JsonSchema = Record<string, unknown>;

type Direction = 'input' | 'output';

/**
 * The JSON Schema of a zod 3 or zod 4 schema, in the form every agent's client takes: a plain
 * object at the root, dialect 2020-12 without `$schema`, no `$ref`, no type arrays, no noise.
 * @throws Error when the schema cannot be shown that way, naming `name`: a mistake of the tool's author
 */
export function toJsonSchema(schema: AnySchema, direction: Direction, name: string): JsonSchema {
  const portable = toPortable(
    isZod4(schema) ? fromZod4(schema, direction) : fromZod3(schema, direction),
  );
  const text = JSON.stringify(portable);
  if (!isObject(portable) || portable['type'] !== 'object') {
    throw new Error(`${name}: the root of the ${direction} schema must be a plain object`);
  }
  if (text.includes('"$ref"')) {
    throw new Error(
      `${name}: the ${direction} schema refers to a part of itself (recursion, or a part with an id), which agents' clients refuse`,
    );
  }
  return portable;
}

const isZod4 = (schema: AnySchema): schema is z.ZodType => '_zod' in schema;

const fromZod4 = (schema: z.ZodType, io: Direction): unknown =>
  z.toJSONSchema(schema, { io, target: 'draft-2020-12', reused: 'inline', unrepresentable: 'any' });

/** Loaded only when somebody brings a zod 3 schema: it takes some 50 ms that no other start should pay. */
function fromZod3(schema: Zod3Type, io: Direction): unknown {
  const { zodToJsonSchema, ignoreOverride } = createRequire(import.meta.url)(
    'zod-to-json-schema',
  ) as typeof ZodToJsonSchema;
  return zodToJsonSchema(schema, {
    // Its 2019-09 writes `exclusiveMinimum: true`, which is draft 4.
    target: 'jsonSchema7',
    $refStrategy: 'none',
    pipeStrategy: io,
    effectStrategy: 'input',
    // Unknown fields that are stripped may come in, but never go out.
    ...(io === 'input' && { removeAdditionalStrategy: 'strict' }),
    allowedAdditionalProperties: undefined,
    // Recursion: left alone, it would warn on the console and allow anything there.
    override: ((_def, { currentPath }, seen) =>
      seen?.path.every((step, i) => currentPath[i] === step)
        ? { $ref: '#' }
        : ignoreOverride) as OverrideCallback,
  });
}

const DROPPED = new Set(['$schema', '~standard', '$defs', 'definitions']);

/** Rewrites what zod says correctly but some client refuses or a model pays for. */
function toPortable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toPortable);
  if (!isObject(node)) return node;
  const kept = Object.entries(node).filter(
    ([key, value]) => !DROPPED.has(key) && !isNoise(key, value),
  );
  return tupleItems(
    typeArrays(
      literals(
        Object.fromEntries(
          kept.map(([k, v]) => [k, k === 'properties' ? toPortableFields(v) : toPortableKey(k, v)]),
        ),
      ),
    ),
  );
}

/** `{}` for "anything" reads like something forgotten; `true` says it. */
const toPortableKey = (key: string, value: unknown): unknown =>
  key === 'additionalProperties' && isObject(value) && Object.keys(value).length === 0
    ? true
    : toPortable(value);

/** Names of fields are the author's own: a field may be called `definitions`. */
const toPortableFields = (fields: unknown): JsonSchema =>
  Object.fromEntries(Object.entries(fields as JsonSchema).map(([k, v]) => [k, toPortable(v)]));

/** zod's `.int()` says the safe integer range each time, and that keys are strings: no news to anybody. */
const isNoise = (key: string, value: unknown): boolean =>
  (key === 'minimum' && value === Number.MIN_SAFE_INTEGER) ||
  (key === 'maximum' && value === Number.MAX_SAFE_INTEGER) ||
  (key === 'propertyNames' && JSON.stringify(value) === '{"type":"string"}');

/** `type: [a, b]` -> `anyOf`, with the rest of the node on the one branch that is not null. */
function typeArrays(node: JsonSchema): JsonSchema {
  const { type, description, default: preset, ...rest } = node;
  if (!Array.isArray(type)) return node;
  const branches = type.map((each) =>
    each === 'null' ? { type: 'null' } : { type: each as string, ...withoutNull(rest) },
  );
  return {
    anyOf: branches,
    ...(description !== undefined && { description }),
    ...(preset !== undefined && { default: preset }),
  };
}

/** The branch of null stands beside it. */
const withoutNull = (node: JsonSchema): JsonSchema =>
  Array.isArray(node['enum'])
    ? { ...node, enum: node['enum'].filter((value) => value !== null) }
    : node;

/** A union of string constants is an `enum`. */
function literals(node: JsonSchema): JsonSchema {
  const { anyOf, ...rest } = node;
  if (!Array.isArray(anyOf)) return node;
  const values = anyOf.map((branch) => (isObject(branch) ? branch['const'] : undefined));
  return values.every((value) => typeof value === 'string')
    ? { type: 'string', enum: values, ...rest }
    : node;
}

/** Draft 7 writes a tuple as an array of `items`; 2020-12 calls it `prefixItems`. */
function tupleItems(node: JsonSchema): JsonSchema {
  const { items, additionalItems = false, ...rest } = node;
  return Array.isArray(items) ? { prefixItems: items, items: additionalItems, ...rest } : node;
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
