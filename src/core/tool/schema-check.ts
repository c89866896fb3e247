import type { Ajv2020 } from 'ajv/dist/2020.js';
import { LRUCache } from 'lru-cache';
import type { FieldError } from '../../../schemas/wire/problem.ts';
import {
  openForeignChecks,
  type Asker,
  type ForeignChecks,
} from '../call/checks/foreign-checks.ts';
import { loadAjv, toFieldError } from '../call/checks/load-ajv.ts';
import type { PoolLimits } from '../call/checks/pool.ts';
import type { JsonSchema } from './json-schema.ts';

export type { Asker, ForeignChecks };

/** Empty when the value fits. */
export type SchemaCheck = (value: unknown) => FieldError[];

export interface SchemaChecks {
  /**
   * For schemas of tools, at once and on this thread.
   * @throws Error when the schema is not valid JSON Schema
   */
  compile(schema: JsonSchema): SchemaCheck;
  /** For schemas and patterns of callers and of files: whatever they are, they stop nobody else. */
  readonly foreign: ForeignChecks;
}

/** Most compiled schemas that are remembered. */
const KEPT = 200;

/**
 * JSON Schema checks with a memory: compiling costs milliseconds and the same schemas come again.
 * @param limits of the checks by schemas that are not ours
 */
export function buildSchemaChecks(limits: Partial<PoolLimits> = {}): SchemaChecks {
  return { compile, foreign: openForeignChecks(limits) };
}

/** Shared by all that run in this process: what a schema accepts does not depend on who asks. */
const compile = buildCompile();

function buildCompile(): SchemaChecks['compile'] {
  const checks = new LRUCache<string, SchemaCheck>({ max: KEPT });
  // The tools' own schemas are the same objects on every call: they need not be spelled out again.
  const byObject = new WeakMap<JsonSchema, SchemaCheck>();
  let ajv: Ajv2020 | undefined;
  let compiled = 0;

  const compileText = (schema: JsonSchema): SchemaCheck => {
    const key = JSON.stringify(schema);
    const known = checks.get(key);
    if (known) return known;
    // Ajv remembers each schema it ever saw, so it is renewed.
    if (ajv === undefined || compiled % KEPT === 0) ajv = loadAjv();
    compiled += 1;
    const validate = ajv.compile(schema);
    const check: SchemaCheck = (value) =>
      validate(value) ? [] : (validate.errors ?? []).map(toFieldError);
    checks.set(key, check);
    return check;
  };

  return (schema) => {
    const check = byObject.get(schema) ?? compileText(schema);
    byObject.set(schema, check);
    return check;
  };
}
