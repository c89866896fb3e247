import { afterAll, describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../src/core/tool/json-schema.ts';
import { WAIT_LIMIT_MS } from '../../support/limits.ts';
import { buildSchemaChecks } from '../../../src/core/tool/schema-check.ts';

/** What is in order must be found so on a slow machine too. */
const checks = buildSchemaChecks({ workMs: WAIT_LIMIT_MS, wallMs: WAIT_LIMIT_MS });
afterAll(() => checks.foreign.close());
const compile = (schema: JsonSchema) => checks.compile(schema);
const asker = { owner: 'test' };

/** What is wrong with a schema that a caller brought, in words; empty when it can be used. */
async function objection(schema: JsonSchema): Promise<string> {
  const errors = await checks.foreign.review(schema, asker);
  return errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join();
}
const fits = (schema: JsonSchema, value: unknown) => checks.foreign.check(schema, value, asker);
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

const range = (length: number): number[] => Array.from({ length }, (_, at) => at);

const withDependents = (count: number): JsonSchema =>
  withField(
    { type: 'string' },
    {
      dependentSchemas: Object.fromEntries(
        range(count).map((at) => [`f${String(at)}`, { required: ['a'] }]),
      ),
    },
  );

const byName = (schemas: JsonSchema[]): JsonSchema =>
  Object.fromEntries(schemas.map((each, at) => [`f${String(at)}`, each]));

/** Definitions that each refer ten times to the next. */
function tenfold(levels: number, level: (refs: JsonSchema[]) => JsonSchema): JsonSchema {
  const refsTo = (at: number) =>
    Array.from({ length: 10 }, () => ({ $ref: `#/$defs/d${String(at)}` }));
  const $defs = Object.fromEntries(
    range(levels).map((at) => [`d${String(at)}`, level(refsTo(at + 1))]),
  );
  return withField(
    { $ref: '#/$defs/d0' },
    { $defs: { ...$defs, [`d${String(levels)}`]: { type: 'string' } } },
  );
}

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
  ])('may have %s', async (_name, schema) => {
    expect(await objection(schema)).toBe('');
  });

  it.each<[string, JsonSchema, string | RegExp]>([
    ['25 levels', nested(25), 'deeper than 24 levels'],
    ['so many levels that the stack would overflow', nestedVeryDeeply(50_000), 'nested deeper'],
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
    ['1001 dependent schemas', withDependents(1_001), 'more than 1000 parts'],
    [
      '1001 options',
      withField({ enum: range(1_001) }),
      '/properties/a/enum: It has more than 1000',
    ],
    [
      '10001 values',
      withField({ type: 'string', examples: range(10_001) }),
      'more than 10000 values',
    ],
    [
      'a part that is referred to without being one',
      withField({ $ref: '#/x/A' }, { x: { A: { type: 'string' } } }),
      "/properties/a/$ref: It can't resolve",
    ],
    ['an address of its own further in', withField({ $id: 'b', type: 'string' }), '$id is only'],
    ['references that a value decides', withField({ $dynamicRef: '#a' }), '$dynamicRef'],
  ])('may not have %s', async (_name, schema, reason) => {
    expect(await objection(schema)).toMatch(reason);
  });

  it('may not have a pattern that is none', async () => {
    const schema = withField({ type: 'string', pattern: '[' });
    expect(await objection(schema)).toMatch(/^\/properties\/a\/pattern: Invalid .*\[/);
  });

  const ahead = '^(?=a)b';
  it.each<[string, JsonSchema]>([
    ['a field', withField({ type: 'string', pattern: ahead })],
    [
      'the name of a field',
      withField({ type: 'string' }, { patternProperties: { [ahead]: { type: 'string' } } }),
    ],
    ['an item', withField({ type: 'array', items: { type: 'string', pattern: ahead } })],
    ['a branch', withField({ anyOf: [{ type: 'string', pattern: ahead }] })],
    ['propertyNames', withField({ type: 'string' }, { propertyNames: { pattern: ahead } })],
    [
      'a condition',
      withField({ type: 'string' }, { if: { properties: { a: { pattern: ahead } } } }),
    ],
    [
      'a dependent schema',
      withField(
        { type: 'string' },
        { dependentSchemas: { a: { properties: { a: { pattern: ahead } } } } },
      ),
    ],
    [
      'a part left over',
      withField({ type: 'string' }, { unevaluatedProperties: { pattern: ahead } }),
    ],
  ])('may not have a pattern that no linear engine runs in %s', async (_name, schema) => {
    expect(await objection(schema)).toMatch(/looks ahead .*: say the same without/);
  });

  it.each(['allOf', 'anyOf', 'oneOf'])('may not be 10^12 checks by %s', async (keyword) => {
    expect(await objection(tenfold(12, (refs) => ({ [keyword]: refs })))).toMatch(
      /unfolds to more/,
    );
  });

  it.each<[string, (refs: JsonSchema[]) => JsonSchema]>([
    ['dependentSchemas', (refs) => ({ type: 'object', dependentSchemas: byName(refs) })],
    ['if, then and else', ([a, b, c]) => ({ type: 'string', if: a, then: b, else: c })],
    ['propertyNames', (refs) => ({ propertyNames: { allOf: refs }, type: 'object' })],
    [
      'unevaluatedProperties',
      (refs) => ({ unevaluatedProperties: { anyOf: refs }, type: 'object' }),
    ],
    ['properties', (refs) => ({ type: 'object', properties: byName(refs) })],
    ['not', (refs) => ({ type: 'string', not: { anyOf: refs } })],
  ])('may not unfold without end by %s', async (_name, level) => {
    expect(await objection(tenfold(20, level))).toMatch(/unfolds to more/);
  });

  it.each<[string, JsonSchema]>([
    ['a field that is itself', withField({ $ref: '#/properties/a' })],
    ['a root that holds itself', { type: 'object', allOf: [{ $ref: '#' }] }],
    [
      'two that are each other',
      withField(
        { $ref: '#/$defs/A' },
        { $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } } },
      ),
    ],
  ])('may not be %s', async (_name, schema) => {
    expect(await objection(schema)).toMatch(/refers to itself without going deeper/);
  });

  it('may be a tree that refers to itself further in', async () => {
    const tree = withField({ type: 'array', items: { $ref: '#' } });
    expect(await objection(tree)).toBe('');
    expect(await fits(tree, { a: [{ a: [] }] })).toEqual([]);
    expect(await fits(tree, { a: [{ a: 1 }] })).toMatchObject([{ pointer: '/a/0/a' }]);
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
