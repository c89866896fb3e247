import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject } from 'ajv/dist/2020.js';
import type * as AjvModule from 'ajv/dist/2020.js';
import type * as AjvFormats from 'ajv-formats';
import { LRUCache } from 'lru-cache';
import safeRegex from 'safe-regex2';
import type { FieldError } from '../../schemas/problem.ts';
import type { JsonSchema } from './json-schema.ts';

/** Empty when the value fits. */
export type Check = (value: unknown) => FieldError[];

export interface SchemaChecks {
  /** @throws Error when the schema is not valid JSON Schema */
  compile(schema: JsonSchema): Check;
  /** Why a schema that a caller brought cannot be used, or null. */
  objection(schema: JsonSchema): string | null;
}

/** Bounds on a caller's schema: it becomes code that runs on every answer. */
const MAX_CHARS = 65_536;
const MAX_NODES = 1_000;
const MAX_DEPTH = 24;

/** How many compiled schemas are remembered. */
const KEPT = 200;

/** JSON Schema checks with a memory: compiling costs milliseconds and the same schemas come again. */
export function buildSchemaChecks(): SchemaChecks {
  const checks = new LRUCache<string, Check>({ max: KEPT });
  // The tools' own schemas are the same objects on every call: they need not be spelled out again.
  const byObject = new WeakMap<JsonSchema, Check>();
  let ajv: Ajv2020 | undefined;
  let compiled = 0;

  const compile = (schema: JsonSchema): Check => {
    const check = byObject.get(schema) ?? compileText(schema);
    byObject.set(schema, check);
    return check;
  };

  const compileText = (schema: JsonSchema): Check => {
    const key = JSON.stringify(schema);
    const known = checks.get(key);
    if (known) return known;
    // Ajv remembers each schema it ever saw and callers bring ever new ones, so it is renewed.
    if (ajv === undefined || compiled % KEPT === 0) ajv = loadAjv();
    compiled += 1;
    const validate = ajv.compile(schema);
    const check: Check = (value) =>
      validate(value) ? [] : (validate.errors ?? []).map(toFieldError);
    checks.set(key, check);
    return check;
  };

  const objection = (schema: JsonSchema): string | null => {
    const shape = objectionToShape(schema);
    if (shape !== null) return shape;
    try {
      compile(schema);
      return null;
    } catch (error) {
      return `It is not valid JSON Schema: ${error instanceof Error ? error.message : String(error)}`;
    }
  };

  return { compile, objection };
}

/** Loaded on first use: most calls of a stdio server never need it. */
function loadAjv(): Ajv2020 {
  const require = createRequire(import.meta.url);
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof AjvModule;
  const addFormats = require('ajv-formats') as (typeof AjvFormats)['default']['default'];
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    addUsedSchema: false,
    // Or a field named `toString` would be there in every object.
    ownProperties: true,
  });
  addFormats(ajv);
  return ajv;
}

function objectionToShape(schema: JsonSchema): string | null {
  const length = lengthOf(schema);
  if (length === null) return `It is nested deeper than ${String(MAX_DEPTH)} levels`;
  if (length > MAX_CHARS) return `It is longer than ${String(MAX_CHARS)} characters`;
  if (schema['type'] !== 'object') return 'Its root must be {"type": "object", …}';
  const slow = patternsIn(schema).find((pattern) => !safeRegex(pattern));
  if (slow !== undefined) return `The pattern ${slow} is invalid or could take exponential time`;
  return objectionToNode(schema, { nodes: 0, depth: 0 });
}

/** Length as JSON; null when it is nested so deeply that the stack overflows. */
function lengthOf(schema: JsonSchema): number | null {
  try {
    return JSON.stringify(schema).length;
  } catch {
    return null;
  }
}

/** One of these must say what a value is; a model cannot be held to a field of any kind. */
const SAYS_WHAT = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];

function objectionToNode(node: unknown, seen: { nodes: number; depth: number }): string | null {
  if (!isSchema(node)) return 'Each part must be an object: {"type": …}';
  seen.nodes += 1;
  if (seen.nodes > MAX_NODES) return `It has more than ${String(MAX_NODES)} parts`;
  if (seen.depth > MAX_DEPTH) return `It is nested deeper than ${String(MAX_DEPTH)} levels`;
  if ('$async' in node) return 'The keyword $async is not allowed';
  if (!SAYS_WHAT.some((key) => key in node)) {
    return `A part says no type: ${JSON.stringify(node).slice(0, 80)}`;
  }
  const below = { nodes: seen.nodes, depth: seen.depth + 1 };
  const found = childrenOf(node)
    .map((child) => objectionToNode(child, below))
    .find((objection) => objection !== null);
  seen.nodes = below.nodes;
  return found ?? null;
}

const isSchema = (node: unknown): node is JsonSchema =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

const namedIn = (value: unknown): unknown[] => (isSchema(value) ? Object.values(value) : []);

/** The schemas inside a schema. */
const childrenOf = (node: JsonSchema): unknown[] => [
  ...['properties', '$defs', 'definitions', 'patternProperties'].flatMap((key) =>
    namedIn(node[key]),
  ),
  ...['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((key) => node[key] ?? []),
  ...['items', 'additionalProperties', 'not', 'contains'].map((key) => node[key]).filter(isSchema),
];

/** Patterns anywhere, also under keywords whose parts are not looked at: `if`, `propertyNames` … */
function patternsIn(schema: JsonSchema): string[] {
  const patterns: string[] = [];
  const open: unknown[] = [schema];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    open.push(...(Object.values(node) as unknown[]));
    const { pattern, patternProperties } = node as JsonSchema;
    if (typeof pattern === 'string') patterns.push(pattern);
    if (isSchema(patternProperties)) patterns.push(...Object.keys(patternProperties));
  }
  return patterns;
}

const toFieldError = (error: ErrorObject): FieldError => ({
  pointer: error.instancePath,
  code: error.keyword,
  detail: error.message ?? 'It does not fit the schema',
});
