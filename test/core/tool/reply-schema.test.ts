import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../src/core/tool/json-schema.ts';
import { replySchema } from '../../../src/core/tool/reply-schema.ts';
import { buildSchemaChecks } from '../../../src/core/tool/schema-check.ts';
import { hasPrompt, type LlmTool, type Tool } from '../../../src/core/tool/define-tool.ts';
import { answerQuestion } from '../../../tools/answer-question.ts';
import { classifyText } from '../../../tools/classify-text.ts';
import { extractData } from '../../../tools/extract-data.ts';

const llm = (tool: Tool): LlmTool => {
  if (!hasPrompt(tool)) throw new Error('not a model tool');
  return tool;
};
const checks = buildSchemaChecks();
const extracting = (schema: JsonSchema): JsonSchema => replySchema(llm(extractData), { schema });

/** Pointers of what is wrong with `data` when it must fit `schema`. */
const mistakes = (schema: JsonSchema, data: unknown): string[] =>
  checks
    .compile(extracting(schema))({ data })
    .map(({ pointer }) => pointer);

describe('the shape a model must answer in', () => {
  it('is the output schema where the tool narrows nothing', () => {
    expect(replySchema(llm(answerQuestion), { question: 'Why?' })).toBe(answerQuestion.json.output);
  });

  it('allows only the labels of this call', () => {
    const labels = [{ name: 'billing', description: 'Money' }, { name: 'other' }];
    const schema = replySchema(llm(classifyText), { text: 'x', labels });
    expect(schema).toMatchObject({
      ...classifyText.json.output,
      properties: { label: { type: 'string', enum: ['billing', 'other'] } },
    });
    const check = checks.compile(schema);
    expect(check({ label: 'other', confidence: 1, reason: '' })).toEqual([]);
    expect(check({ label: 'shipping', confidence: 1, reason: '' })).toMatchObject([
      { pointer: '/label', code: 'enum' },
    ]);
  });

  it('leaves the declared schema of the tool as it was', () => {
    const before = JSON.stringify(classifyText.json.output);
    replySchema(llm(classifyText), { labels: [{ name: 'a' }, { name: 'b' }] });
    expect(JSON.stringify(classifyText.json.output)).toBe(before);
  });

  it('takes the caller’s own schema for the field that holds the data', () => {
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    expect(extracting(schema)).toEqual({
      ...extractData.json.output,
      properties: { data: schema },
    });
    expect(mistakes(schema, { n: 1 })).toEqual([]);
    expect(mistakes(schema, {})).toEqual(['/data']);
  });

  it.each(['$defs', 'definitions'])('lets the caller’s schema refer to its %s', (place) => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { lines: { type: 'array', items: { $ref: `#/${place}/Line` } } },
      [place]: {
        Line: { type: 'object', properties: { price: { $ref: `#/${place}/Price` } } },
        Price: { type: 'number' },
      },
    };
    // Where the provider looks for definitions: at the root, under this one name.
    expect(Object.keys(extracting(schema)['$defs'] as object)).toEqual(['Line', 'Price']);
    expect(JSON.stringify(extracting(schema))).not.toContain('json-schema.org');
    expect(mistakes(schema, { lines: [{ price: 1 }, { price: '2' }] })).toEqual([
      '/data/lines/1/price',
    ]);
  });

  it('lets it refer to itself and to its parts', () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        alias: { $ref: '#/properties/name' },
        parent: { $ref: '#' },
      },
    };
    expect(mistakes(schema, { name: 'a', alias: 'b', parent: { name: 'c' } })).toEqual([]);
    expect(mistakes(schema, { alias: 1 })).toEqual(['/data/alias']);
    expect(mistakes(schema, { parent: { name: 1 } })).toEqual(['/data/parent/name']);
  });

  it('lets it refer to itself by its $id', () => {
    const $id = 'https://x.example/order.json';
    const schema = {
      $id,
      type: 'object',
      properties: { a: { $ref: '#/$defs/A' }, b: { $ref: `${$id}#/$defs/A` } },
      $defs: { A: { type: 'string' } },
    };
    expect(mistakes(schema, { a: 'x', b: 'y' })).toEqual([]);
    expect(mistakes(schema, { a: 'x', b: 1 })).toEqual(['/data/b']);
  });
});
