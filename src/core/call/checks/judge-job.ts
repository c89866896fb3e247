import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import { LRUCache } from 'lru-cache';
import type { FieldError } from '../../../../schemas/wire/problem.ts';
import type { JsonSchema } from '../../tool/json-schema.ts';
import { compilePattern, type LinearPattern } from './linear-pattern.ts';
import { PatternError } from './linear-syntax.ts';
import { loadAjv, toFieldError } from './load-ajv.ts';
import type { Job, Verdict } from './messages.ts';
import { objectionToShape, type Form } from './shape.ts';

/** Most compiled schemas that are remembered. */
const KEPT = 100;
/** The first mistakes usually cause the rest. */
const MOST_ERRORS = 20;

type CompiledCheck = { validate: ValidateFunction } | { unusable: FieldError[] };

/** Work of a thread. It remembers what it has compiled: the same schemas come again. */
export function buildJudge(): (job: Job) => Verdict {
  const compile = buildCompile();

  const match = ({ pattern, flags, text }: Job & { op: 'match' }): Verdict => {
    try {
      const compiled = compilePattern(pattern, flags);
      const isFit = text === null || compiled.test(text);
      const detail = 'It does not match the pattern';
      return { errors: isFit ? [] : [{ pointer: '', code: 'pattern', detail }] };
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return unusable('', 'invalid_pattern', error.message);
    }
  };

  return (job) => {
    if (job.op === 'match') return match(job);
    const compiled = compile(job.schema, job.op === 'review' ? job.form : 'any');
    if ('unusable' in compiled) return compiled;
    if (job.op === 'review') return { errors: [] };
    const { validate } = compiled;
    try {
      const isFit = validate(JSON.parse(job.value));
      const errors = isFit ? [] : (validate.errors ?? []);
      return { errors: errors.slice(0, MOST_ERRORS).map(toFieldError) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const detail = 'It is nested too deeply to be checked';
      return { errors: [{ pointer: '', code: 'too_deep', detail }] };
    }
  };
}

const unusable = (pointer: string, code: string, detail: string): Verdict & CompiledCheck => ({
  unusable: [{ pointer, code, detail }],
});

function buildCompile(): (text: string, form: Form) => CompiledCheck {
  const known = new LRUCache<string, CompiledCheck>({ max: KEPT });
  let ajv: Ajv2020 | undefined;
  let made = 0;
  const make = (schema: JsonSchema, form: Form): CompiledCheck => {
    const objection = objectionToShape(schema, form);
    if (objection) return { unusable: [objection] };
    // Ajv remembers each schema it ever saw and callers bring ever new ones, so it is renewed.
    if (ajv === undefined || made % KEPT === 0) ajv = loadForeignAjv();
    made += 1;
    try {
      return { validate: ajv.compile(withAddress(schema)) };
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return unusable('', 'invalid_schema', `It is not valid JSON Schema: ${said.slice(0, 500)}`);
    }
  };
  return (text, form) => {
    const key = `${form} ${text}`;
    const found = known.get(key) ?? make(JSON.parse(text) as JsonSchema, form);
    known.set(key, found);
    // An answer is held to the schema that was looked at as one.
    if (form === 'answer' && 'validate' in found) known.set(`any ${text}`, found);
    return found;
  };
}

/** Ajv does not find the root of a schema without an address (`addUsedSchema: false`). */
function withAddress(schema: JsonSchema): JsonSchema {
  const { $id } = schema;
  return $id === undefined || $id === '' || $id === '#'
    ? { ...schema, $id: 'tollgate:schema' }
    : schema;
}

function linear(pattern: string, flags: string): LinearPattern {
  const { test, steps } = compilePattern(pattern, flags);
  // Ajv tells patterns apart by their text.
  const named = { test, steps, toString: () => `/${pattern}/${flags}` };
  return named;
}
// For code that is written to a file, which nobody does here.
const engine = Object.assign(linear, { code: 'linear' });

const loadForeignAjv = (): Ajv2020 =>
  loadAjv({
    // A schema referred to becomes a function, not a copy in each place.
    inlineRefs: false,
    // Making the code of a wide schema shorter takes four times as long as making it.
    code: { optimize: false, regExp: engine },
  });
