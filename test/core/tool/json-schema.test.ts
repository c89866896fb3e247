import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import { toJsonSchema, type AnySchema } from '../../../src/core/tool/json-schema.ts';
import { buildSchemaChecks } from '../../../src/core/tool/schema-check.ts';
import { tools } from '../../../tools/index.ts';

/** One shape, written in what both versions of zod share. */
const shapeOf = (lib: typeof z): AnySchema => {
  const inner = lib.object({ sku: lib.string(), count: lib.number().int().min(1) });
  return lib.object({
    text: lib.string().min(1).max(9).describe('Text'),
    code: lib.string().regex(/^[A-Z]{2}$/),
    whole: lib.number().int(),
    bounded: lib.number().int().min(1).max(5),
    above: lib.number().positive(),
    step: lib.number().multipleOf(2),
    flag: lib.boolean().default(false),
    tone: lib.enum(['warm', 'cold']).default('warm').describe('Tone'),
    maybe: lib.string().min(2).nullable().describe('Maybe'),
    choice: lib.enum(['a', 'b']).nullable(),
    one: lib.literal('x'),
    either: lib.union([lib.literal('p'), lib.literal('q')]),
    mixed: lib.union([lib.string(), lib.array(lib.number())]),
    list: lib.array(inner).min(1).max(3),
    again: inner.optional(),
    pair: lib.tuple([lib.string(), lib.number()]),
    scores: lib.record(lib.string(), lib.number()),
    definitions: lib.string().describe('A field may be called like a keyword'),
    $schema: lib.string(),
  });
};
// The parts used here are the same in both; their types are not.
const shapes: Record<string, AnySchema> = {
  'zod 4': shapeOf(z),
  'zod 3': shapeOf(z3 as unknown as typeof z),
};

/** Every schema node anywhere in a JSON Schema, the root included. */
function nodesOf(node: unknown): Record<string, unknown>[] {
  if (typeof node !== 'object' || node === null) return [];
  const below = Object.values(node).flatMap(nodesOf);
  return Array.isArray(node) ? below : [node as Record<string, unknown>, ...below];
}

describe('toJsonSchema', () => {
  it('says the same of the same input, whether it is zod 4 or zod 3', () => {
    const [four, three] = Object.values(shapes).map((shape) => toJsonSchema(shape, 'input', 'x'));
    expect(three).toEqual(four);
  });

  it.each(['input', 'output'] as const)('has every field of the %s in both', (direction) => {
    for (const shape of Object.values(shapes)) {
      const { properties } = toJsonSchema(shape, direction, 'x') as { properties: object };
      expect(Object.keys(properties)).toHaveLength(19);
      expect(properties).toHaveProperty('definitions.description');
      expect(properties).toHaveProperty('$schema.type', 'string');
    }
  });

  it.each(Object.entries(shapes))('is what every client takes: %s', (_name, shape) => {
    for (const direction of ['input', 'output'] as const) {
      const schema = toJsonSchema(shape, direction, 'x');
      expect(schema['$schema']).toBeUndefined();
      expect(schema['$defs']).toBeUndefined();
      for (const node of nodesOf(schema)) {
        expect(node).not.toHaveProperty('$ref');
        expect(Array.isArray(node['type'])).toBe(false);
        expect(typeof node['exclusiveMinimum']).not.toBe('boolean');
        expect(node['minimum']).not.toBe(Number.MIN_SAFE_INTEGER);
        expect(node['maximum']).not.toBe(Number.MAX_SAFE_INTEGER);
      }
    }
  });

  it.each(Object.entries(shapes))(
    'is valid 2020-12 that accepts what the shape does: %s',
    (_, shape) => {
      const schema = toJsonSchema(shape, 'input', 'x');
      const value = {
        text: 'abc',
        code: 'DE',
        whole: -3,
        bounded: 5,
        above: 0.1,
        step: 4,
        maybe: null,
        choice: 'b',
        one: 'x',
        either: 'q',
        mixed: [1],
        list: [{ sku: 'a', count: 1 }],
        pair: ['a', 1],
        scores: { a: 1 },
        definitions: 'd',
        $schema: 's',
      };
      const check = buildSchemaChecks().compile(schema);
      expect(check(value)).toEqual([]);
      const wrong = { ...value, above: 0, pair: ['a', 1, 2], choice: 'c', either: 'r', bounded: 6 };
      expect(new Set(check({ ...wrong }).map(({ pointer }) => pointer.split('/')[1]))).toHaveLength(
        1,
      );
      for (const [field, bad] of Object.entries(wrong)) {
        const isWrong = ['above', 'pair', 'choice', 'either', 'bounded'].includes(field);
        expect(check({ ...value, [field]: bad }).length > 0, field).toBe(isWrong);
      }
    },
  );

  it.each([
    ['zod 4', z.object({ pair: z.tuple([z.string(), z.number()]) })],
    ['zod 3', z3.object({ pair: z3.tuple([z3.string(), z3.number()]) })],
  ])('calls a tuple prefixItems, as 2020-12 does: %s', (_name, shape) => {
    expect(toJsonSchema(shape, 'input', 'x')['properties']).toEqual({
      pair: {
        type: 'array',
        prefixItems: [{ type: 'string' }, { type: 'number' }],
        items: false,
        minItems: 2,
        maxItems: 2,
      },
    });
  });

  it('keeps bounds that somebody set on purpose', () => {
    const schema = toJsonSchema(z.object({ n: z.number().int().min(0).max(7) }), 'input', 'x');
    expect(schema['properties']).toEqual({ n: { type: 'integer', minimum: 0, maximum: 7 } });
  });

  it('lets unknown fields into an object that drops them, and promises that none come out', () => {
    for (const shape of [z.object({ a: z.string() }), z3.object({ a: z3.string() })]) {
      expect(toJsonSchema(shape, 'input', 'x')).not.toHaveProperty('additionalProperties');
      expect(toJsonSchema(shape, 'output', 'x')).toHaveProperty('additionalProperties', false);
    }
    for (const shape of [z.strictObject({ a: z.string() }), z3.object({ a: z3.string() }).strict()])
      expect(toJsonSchema(shape, 'input', 'x')).toHaveProperty('additionalProperties', false);
  });

  it.each<[string, AnySchema]>([
    ['a string', z.string()],
    ['an array', z.array(z.string())],
    ['a union', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
    ['a zod 3 string', z3.string()],
    ['a zod 3 union', z3.union([z3.object({ a: z3.string() }), z3.object({ b: z3.string() })])],
  ])('refuses %s at the root, naming the tool', (_name, schema) => {
    expect(() => toJsonSchema(schema, 'input', 'my_tool')).toThrow(
      'my_tool: the root of the input schema must be a plain object',
    );
  });

  it('refuses recursion, naming the tool', () => {
    const four: z.ZodType = z.object({ child: z.lazy(() => four).optional() });
    const three: z3.ZodType = z3.object({ list: z3.array(z3.lazy(() => three)) });
    for (const shape of [four, three]) {
      expect(() => toJsonSchema(shape, 'output', 'my_tool')).toThrow(
        'my_tool: the output schema refers to a part of itself',
      );
    }
  });

  it.each(tools.map((tool) => [tool.name, tool] as const))('is portable for %s', (_name, tool) => {
    for (const schema of [tool.json.input, tool.json.output]) {
      expect(schema['type']).toBe('object');
      for (const node of nodesOf(schema)) {
        expect(node).not.toHaveProperty('$ref');
        expect(Array.isArray(node['type'])).toBe(false);
      }
      expect(() => buildSchemaChecks().compile(schema)).not.toThrow();
    }
  });
});
