import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import type { FieldError } from '../../../schemas/wire/problem.ts';
import { Problem } from '../../../schemas/wire/problem.ts';
import type { AnySchema } from '../../../src/core/tool/json-schema.ts';
import { parseInput } from '../../../src/core/tool/parse-input.ts';
import { buildSchemaChecks } from '../../../src/core/tool/schema-check.ts';
import { defineTool, type Tool } from '../../../src/core/tool/define-tool.ts';
import { ProblemError, toWireProblem } from '../../../src/errors/problem.ts';
import { READ_ONLY } from '../../../tools/annotations.ts';
import { tools as builtIn } from '../../../tools/index.ts';

const checks = buildSchemaChecks();
const asker = { owner: 'test' };
const toolOf = (input: AnySchema): Tool =>
  defineTool({
    name: 'probe',
    title: 'Probe',
    description: 'Takes something.',
    input,
    output: z.object({}),
    examples: [{ title: 'None', input: {} }],
    annotations: READ_ONLY,
    policy: { deadlineMs: 1_000 },
    run: () => Promise.resolve({}),
  });

const parse = (schema: AnySchema, input: unknown) =>
  parseInput({ tools: [toolOf(schema)], checks, asker }, 'probe', input);

/** What is wrong with the input, as every front says it. */
async function refused(work: Promise<unknown>) {
  const error = await work.then(
    () => new Error('it was accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemError)) throw error as Error;
  const wire = toWireProblem(error, { baseUrl: '', callId: null });
  return Problem.parse(wire);
}
const errorsOf = async (schema: AnySchema, input: unknown): Promise<FieldError[]> =>
  (await refused(parse(schema, input))).errors ?? [];

/** The same shape twice: what a team has today, and what it has from before. */
const shapes: [string, AnySchema][] = [
  [
    'zod 4',
    z.strictObject({
      text: z.string().trim().min(2),
      count: z.number().int().max(9).default(3),
      tone: z.enum(['warm', 'cold']).optional(),
      list: z.array(z.strictObject({ 'a/b~c': z.string() })).optional(),
    }),
  ],
  [
    'zod 3',
    z3
      .object({
        text: z3.string().trim().min(2),
        count: z3.number().int().max(9).default(3),
        tone: z3.enum(['warm', 'cold']).optional(),
        list: z3.array(z3.object({ 'a/b~c': z3.string() }).strict()).optional(),
      })
      .strict(),
  ],
];

describe.each(shapes)('an input parsed by %s', (_name, schema) => {
  it('comes out trimmed and with its defaults', async () => {
    expect((await parse(schema, { text: '  abc ' })).input).toEqual({ text: 'abc', count: 3 });
  });

  it('has one error for each wrong field', async () => {
    const errors = await errorsOf(schema, { text: ' a ', count: 10, tone: 'loud', list: [{}] });
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/count',
      '/list/0/a~1b~0c',
      '/text',
      '/tone',
    ]);
    for (const { code, detail } of errors) {
      expect(code).toMatch(/^[a-z_]+$/);
      expect(detail.length).toBeGreaterThan(3);
    }
  });

  it('has one error for each unknown field, each at its own place', async () => {
    const errors = await errorsOf(schema, {
      text: 'ab',
      'x/y': 1,
      z: 2,
      list: [{ 'a/b~c': 'q', '~': 1 }],
    });
    expect(errors.map(({ pointer, code }) => [pointer, code]).sort()).toEqual([
      ['/list/0/~0', 'unknown_field'],
      ['/x~1y', 'unknown_field'],
      ['/z', 'unknown_field'],
    ]);
  });

  it('says what was expected', async () => {
    expect(await errorsOf(schema, { text: 5 })).toMatchObject([
      { pointer: '/text', code: 'invalid_type', expected: 'string' },
    ]);
  });

  it.each([null, [], 'text', 5])('must be an object, not %j', async (input) => {
    expect(await errorsOf(schema, input)).toMatchObject([{ pointer: '', expected: 'object' }]);
  });
});

describe('a literal of any type', () => {
  it.each<[string, AnySchema]>([
    ['zod 4', z.object({ n: z.literal(7) })],
    ['zod 3', z3.object({ n: z3.literal(7) })],
  ])('is named in words: %s', async (_name, schema) => {
    expect(await errorsOf(schema, { n: 8 })).toMatchObject([{ pointer: '/n', expected: '7' }]);
  });
});

describe('an enum', () => {
  it.each(shapes)('is named with its values: %s', async (_name, schema) => {
    expect(await errorsOf(schema, { text: 'ab', tone: 'loud' })).toMatchObject([
      { pointer: '/tone', expected: '"warm" or "cold"' },
    ]);
  });
});

describe('a refused input', () => {
  it('says where the first mistake is, how many more there are, and where the schema is', async () => {
    const wire = await refused(parse(z.object({ a: z.string(), b: z.string() }), {}));
    expect(wire.code).toBe('invalid_input');
    expect(wire.detail).toMatch(/^probe: \/a: .+ \(and 1 more\)$/);
    expect(wire.next_actions.map(({ action }) => action)).toEqual(['fix_input', 'read_schema']);
    expect(wire.next_actions[1]?.href).toBe('/v1/tools/probe');
  });

  it('of an unknown tool lists the tools there are, and does not repeat a book', async () => {
    const wire = await refused(
      parseInput({ tools: builtIn, checks, asker }, 'x'.repeat(9_000), {}),
    );
    expect(wire.code).toBe('unknown_tool');
    expect(wire.detail).toContain('answer_question, summarize_text');
    expect(wire.detail.length).toBeLessThan(500);
  });

  it('of a tool that takes a schema says what is wrong with the schema', async () => {
    const schema = { type: 'object', properties: { a: {} } };
    const wire = await refused(
      parseInput({ tools: builtIn, checks, asker }, 'extract_data', { text: 'x', schema }),
    );
    expect(wire.errors).toMatchObject([
      { pointer: '/schema/properties/a', code: 'invalid_schema' },
    ]);
  });
});
