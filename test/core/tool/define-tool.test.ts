import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import type { JsonSchema } from '../../../src/core/tool/json-schema.ts';
import { parseInput } from '../../../src/core/tool/parse-input.ts';
import { buildSchemaChecks } from '../../../src/core/tool/schema-check.ts';
import {
  hasPrompt,
  defineTool,
  type FunctionDeclaration,
  type LlmTool,
} from '../../../src/core/tool/define-tool.ts';
import { tools } from '../../../tools/index.ts';
import { READ_ONLY } from '../../../tools/annotations.ts';

const Input = z.object({ a: z.string() });
const declaration = (over: object = {}): FunctionDeclaration<typeof Input, typeof Input> => ({
  name: 'echo',
  title: 'Echo',
  description: 'Says what it was told.',
  input: Input,
  output: Input,
  examples: [{ title: 'A letter', input: { a: 'a' } }],
  annotations: READ_ONLY,
  policy: { deadlineMs: 1_000 },
  run: (input) => Promise.resolve(input),
  ...over,
});

const { policy } = tools[0] as LlmTool;

describe('defineTool', () => {
  it.each(['a', 'answer_question', 'a1_2', 'a'.repeat(40)])('takes the name %s', (name) => {
    expect(defineTool(declaration({ name })).name).toBe(name);
  });

  it.each(['', 'A', '1a', '_a', 'a-b', 'a.b', 'a b', 'é', 'a\n', 'a'.repeat(41)])(
    'refuses the name %j, which some client would rename or hide',
    (name) => {
      expect(() => defineTool(declaration({ name }))).toThrow('does not match');
    },
  );

  it('makes a function of what has run, and a model tool of what has not', () => {
    const { run, ...rest } = declaration();
    expect(hasPrompt(defineTool({ ...rest, run }))).toBe(false);
    const llm = { ...rest, prompt: 'p', policy: { ...policy, cache: 'never' } } as never;
    expect(hasPrompt(defineTool(llm))).toBe(true);
  });

  it.each([
    ['streams', { streams: 'gone' }, 'output'],
    ['narrow', { narrow: { gone: { schemaIn: 'text' } } }, 'output'],
    ['narrow by', { narrow: { text: { schemaIn: 'gone' } } }, 'input'],
    ['cache', { policy: { ...policy, cache: { compare: 'gone' } } }, 'input'],
  ])('refuses a name of a field that does not exist in %s', (_where, wrong, of) => {
    const text = z.object({ text: z.string() });
    const llm = {
      ...Object.fromEntries(Object.entries(declaration()).filter(([key]) => key !== 'run')),
      input: text,
      output: text,
      prompt: 'p',
      policy: { ...policy, cache: 'never' },
    };
    expect(() => defineTool({ ...llm, ...wrong } as never)).toThrow(
      `the ${of} has no field "gone"`,
    );
  });

  it('builds both JSON Schemas at once, from zod 3 too', () => {
    const tool = defineTool({
      ...declaration(),
      input: z3.object({ a: z3.string() }),
      output: z3.object({ b: z3.string() }),
      run: ({ a }) => Promise.resolve({ b: a }),
    });
    expect(tool.json.input['required']).toEqual(['a']);
    expect(tool.json.output['required']).toEqual(['b']);
  });

  it('refuses an output that is no object', () => {
    expect(() => defineTool(declaration({ output: z.string() }))).toThrow(
      'echo: the root of the output schema must be a plain object',
    );
  });
});

/** Paths of the fields, at any depth, that say nothing of themselves. */
function silentFields(node: unknown, path: string): string[] {
  if (Array.isArray(node))
    return node.flatMap((each, i) => silentFields(each, `${path}/${String(i)}`));
  if (typeof node !== 'object' || node === null) return [];
  const { properties, ...rest } = node as JsonSchema;
  const fields = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  return [
    ...Object.entries(rest).flatMap(([key, value]) => silentFields(value, `${path}/${key}`)),
    ...fields.flatMap(([name, field]) => [
      ...(typeof field['description'] === 'string' ? [] : [`${path}/${name}`]),
      ...silentFields(field, `${path}/${name}`),
    ]),
  ];
}

describe('the list of tools', () => {
  it('is no longer than clients gladly take, and no name comes twice', () => {
    expect(tools.length).toBeGreaterThan(0);
    expect(tools.length).toBeLessThanOrEqual(20);
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
  });
});

describe.each(tools.map((tool) => [tool.name, tool] as const))('the tool %s', (name, tool) => {
  it('is described for a model that must choose', () => {
    expect(tool.title.length).toBeGreaterThan(3);
    expect(tool.description.length).toBeGreaterThanOrEqual(80);
    expect(tool.description.length).toBeLessThanOrEqual(1024);
    expect(tool.description).toMatch(/\.$/);
  });

  it.each(['input', 'output'] as const)('explains every field of its %s at any depth', (side) => {
    expect(silentFields(tool.json[side], side)).toEqual([]);
  });

  it('has examples that it accepts', async () => {
    const parts = { tools, checks: buildSchemaChecks(), asker: { owner: 'test' } };
    for (const example of tool.examples) {
      expect((await parseInput(parts, name, example.input)).tool).toBe(tool);
    }
  });

  it('refuses a field that its schema does not name', async () => {
    const parts = { tools, checks: buildSchemaChecks(), asker: { owner: 'test' } };
    const input = { ...tool.examples[0].input, surprise: 1 };
    await expect(parseInput(parts, name, input)).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('says of itself what is true: whether it changes anything, and asks a model', () => {
    const readOnlyHint = tool.name !== 'give_feedback';
    expect(tool.annotations).toMatchObject({ readOnlyHint, destructiveHint: false });
    expect(tool.annotations.openWorldHint).toBe(hasPrompt(tool));
  });

  it('names only fields and prompts that exist', () => {
    expect(tool.policy.deadlineMs).toBeGreaterThanOrEqual(1_000);
    if (!hasPrompt(tool)) return;
    const fields = (side: 'input' | 'output') => tool.json[side]['properties'] as JsonSchema;
    expect(existsSync(`prompts/${tool.prompt}/v1.md`)).toBe(true);
    if (tool.streams !== undefined)
      expect(fields('output')[tool.streams]).toMatchObject({ type: 'string' });
    for (const [field, rule] of Object.entries(tool.narrow ?? {})) {
      expect(fields('output')).toHaveProperty(field);
      expect(fields('input')).toHaveProperty('schemaIn' in rule ? rule.schemaIn : rule.oneOf);
    }
    const { cache } = tool.policy;
    if (cache !== 'never' && cache.compare !== null)
      expect(fields('input')[cache.compare]).toMatchObject({ type: 'string' });
    expect(fields('input')).toHaveProperty('options');
  });
});
