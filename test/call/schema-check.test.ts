import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../src/call/json-schema.ts';
import { buildSchemaChecks } from '../../src/call/schema-check.ts';

const checks = buildSchemaChecks();
const compile = (schema: JsonSchema) => checks.compile(schema);
const objection = (schema: JsonSchema) => checks.objection(schema);
const withField = (field: unknown, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties: { a: field },
  ...more,
});

/** `levels` objects, one in the other. */
const nested = (levels: number): JsonSchema =>
  levels === 0 ? { type: 'string' } : withField(nested(levels - 1));

/** Built from the inside: recursion would overflow the stack before the check is asked. */
function nestedVeryDeeply(levels: number): JsonSchema {
  let schema: JsonSchema = { type: 'string' };
  for (let i = 0; i < levels; i += 1) schema = withField(schema);
  return schema;
}

const wide = (fields: number, field: JsonSchema = { type: 'string' }): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    Array.from({ length: fields }, (_, i) => [`f${String(i)}`, field]),
  ),
});

describe('a schema that a caller brought', () => {
  it.each<[string, JsonSchema]>([
    ['an empty object', { type: 'object' }],
    [
      'fields of every kind',
      withField({ anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] }),
    ],
    ['a list of objects', withField({ type: 'array', items: withField({ type: 'integer' }) })],
    ['definitions of its own', withField({ $ref: '#/$defs/A' }, { $defs: { A: { enum: ['x'] } } })],
    ['a harmless pattern', withField({ type: 'string', pattern: '^[A-Z]{2}-\\d+$' })],
    ['unknown keywords and formats', withField({ type: 'string', format: 'x', 'x-ui': true })],
    ['a field called pattern', { type: 'object', properties: { pattern: { type: 'string' } } }],
    ['open objects', withField({ type: 'object', additionalProperties: true })],
    [
      'conditions',
      { ...withField({ type: 'string' }), if: { required: ['a'] }, then: { minProperties: 1 } },
    ],
    ['24 levels', nested(24)],
    ['999 fields', wide(999)],
  ])('may have %s', (_name, schema) => {
    expect(objection(schema)).toBeNull();
  });

  it.each<[string, JsonSchema, string | RegExp]>([
    ['25 levels', nested(25), 'deeper than 24 levels'],
    ['so many levels that the stack would overflow', nestedVeryDeeply(50_000), 'deeper than 24'],
    ['1001 parts', wide(1_000), 'more than 1000 parts'],
    ['1001 parts spread over many', wide(40, wide(24)), 'more than 1000 parts'],
    [
      'too much text',
      withField({ type: 'string', description: 'x'.repeat(65_536) }),
      /longer than/,
    ],
    ['no type at its root', { properties: {} }, 'Its root must be'],
    ['a list at its root', { type: 'array', items: { type: 'string' } }, 'Its root must be'],
    ['a part without a type', withField({ description: 'Anything' }), /says no type: .*Anything/],
    ['a part without a type in a list', withField({ type: 'array', items: {} }), 'says no type'],
    [
      'a part without a type in a definition',
      withField({ $ref: '#/$defs/A' }, { $defs: { A: {} } }),
      'says no type',
    ],
    ['a part that is no object', withField(true), 'must be an object'],
    ['an unknown type', withField({ type: 'text' }), 'not valid JSON Schema'],
    ['$async', withField({ type: 'string' }, { $async: true }), '$async'],
    ['$async further in', withField({ type: 'object', $async: true }), '$async'],
    [
      'a reference into the network',
      withField({ $ref: 'https://x.example/s.json' }),
      "can't resolve",
    ],
    ['a reference into nothing', withField({ $ref: '#/$defs/A' }), "can't resolve"],
    [
      'tuples as in draft 7',
      withField({ type: 'array', items: [{ type: 'string' }] }),
      'not valid JSON Schema',
    ],
  ])('may not have %s', (_name, schema, reason) => {
    expect(objection(schema)).toMatch(reason);
  });

  const slow = '^(a+)+$';
  it.each<[string, JsonSchema]>([
    ['a field', withField({ type: 'string', pattern: slow })],
    [
      'the name of a field',
      withField({ type: 'string' }, { patternProperties: { [slow]: { type: 'string' } } }),
    ],
    ['an item', withField({ type: 'array', items: { type: 'string', pattern: slow } })],
    ['a branch', withField({ anyOf: [{ type: 'string', pattern: slow }] })],
    ['propertyNames', withField({ type: 'string' }, { propertyNames: { pattern: slow } })],
    [
      'a condition',
      withField({ type: 'string' }, { if: { properties: { a: { pattern: slow } } } }),
    ],
    [
      'a dependent schema',
      withField(
        { type: 'string' },
        { dependentSchemas: { a: { properties: { a: { pattern: slow } } } } },
      ),
    ],
    [
      'a part left over',
      withField({ type: 'string' }, { unevaluatedProperties: { pattern: slow } }),
    ],
  ])('may not have a pattern of exponential time in %s', (_name, schema) => {
    expect(objection(schema)).toContain(slow);
  });

  it('may not have a pattern that is none', () => {
    expect(objection(withField({ type: 'string', pattern: '[' }))).toContain('[');
  });
});

describe('a compiled check', () => {
  it('names every mistake with a pointer, the keyword and a sentence', () => {
    const check = compile({
      type: 'object',
      properties: { 'a/b': { type: 'string', format: 'date' }, n: { type: 'integer', minimum: 1 } },
      required: ['a/b'],
    });
    expect(check({ 'a/b': 'yesterday', n: 1 })).toMatchObject([
      { pointer: '/a~1b', code: 'format' },
    ]);
    expect(check({ n: 0, 'a/b': '2026-11-23' })).toMatchObject([
      { pointer: '/n', code: 'minimum' },
    ]);
    expect(check({})).toMatchObject(
      [{ pointer: '', code: 'required', detail: /a\/b/ }].map(({ detail, ...rest }) => ({
        ...rest,
        detail: expect.stringMatching(detail) as unknown,
      })),
    );
    expect(check({ 'a/b': '2026-11-23' })).toEqual([]);
  });

  it.each(['toString', 'constructor', 'valueOf', 'hasOwnProperty'])(
    'does not find a field in an object that does not have it: %s',
    (name) => {
      const properties = { [name]: { type: 'string' } };
      const optional = compile({ type: 'object', properties, additionalProperties: false });
      expect(optional({})).toEqual([]);
      expect(optional({ [name]: 'x' })).toEqual([]);
      expect(optional({ [name]: 7 })).toMatchObject([{ pointer: `/${name}`, code: 'type' }]);
      const required = compile({ type: 'object', properties, required: [name] });
      expect(required({})).toMatchObject([{ pointer: '', code: 'required' }]);
      expect(required({ [name]: 'x' })).toEqual([]);
    },
  );

  it('is remembered for the same schema', () => {
    expect(compile(nested(2))).toBe(compile(nested(2)));
    expect(compile(nested(2))).not.toBe(compile(nested(3)));
  });

  it('does not mix up two schemas with the same $id', () => {
    const schema = (type: string) => withField({ type }, { $id: 'https://x.example/same' });
    expect(compile(schema('string'))({ a: 'x' })).toEqual([]);
    expect(compile(schema('number'))({ a: 'x' })).toHaveLength(1);
  });

  it('still works after more schemas than are remembered', () => {
    const others = buildSchemaChecks();
    for (let i = 0; i < 420; i += 1) {
      const name = `f${String(i)}`;
      const check = others.compile({ type: 'object', required: [name] });
      expect(check({})).toHaveLength(1);
      expect(check({ [name]: 1 })).toEqual([]);
    }
  });

  it('refuses what is not JSON Schema by throwing', () => {
    expect(() => compile({ type: 'text' })).toThrow();
  });
});
