import { describe, expect, it } from 'vitest';
import { parseInput } from '../../../src/core/tool/parse-input.ts';
import { buildSchemaChecks } from '../../../src/core/tool/schema-check.ts';
import { LOCAL } from '../../../src/core/call/principal.ts';
import type { ToolContext } from '../../../src/core/tool/define-tool.ts';
import { giveFeedback } from '../../../tools/system/give-feedback.ts';
import { fakeFeedback } from '../../support/fake-services.ts';

const parts = { tools: [giveFeedback], checks: buildSchemaChecks(), asker: { owner: 'test' } };
const parse = (input: object) => parseInput(parts, giveFeedback.name, { call: 'call_1', ...input });

describe('give_feedback', () => {
  it.each([
    [{ rating: 'up' }],
    [{ rating: 'down', comment: 'Wrong.' }],
    [{ score: 0 }],
    [{ score: 0.3, comment: 'Half of it.' }],
  ])('hands %j to the desk, in the name of whoever calls', async (said) => {
    const admin = fakeFeedback();
    const { input } = await parse(said);
    const context = { principal: { ...LOCAL, id: 'shop' }, feedback: admin };
    const output = await giveFeedback.run(input as never, context as unknown as ToolContext);
    expect(output).toEqual({ score: 0.25, prompt: 'faq@v2', entry: null });
    expect(admin.given).toEqual([{ by: 'shop', call: 'call_1', feedback: said }]);
  });

  it.each([
    ['neither a score nor a rating', {}, ''],
    ['a comment alone', { comment: 'Good.' }, ''],
    ['both', { score: 1, rating: 'up' }, ''],
    ['a score above 1', { score: 1.5 }, '/score'],
    ['a score below 0', { score: -0.1 }, '/score'],
    ['a score in words', { score: 'good' }, '/score'],
    ['another rating', { rating: 'meh' }, '/rating'],
    ['an empty comment', { score: 1, comment: '  ' }, '/comment'],
    ['a comment as long as a book', { score: 1, comment: 'x'.repeat(2_001) }, '/comment'],
  ])('refuses %s, and points at it', async (_what, said, pointer) => {
    await expect(parse(said)).rejects.toMatchObject({
      code: 'invalid_input',
      details: { errors: [{ pointer }] },
    });
  });

  it('says what to give where one of both is wanted', async () => {
    await expect(parse({})).rejects.toThrow(/Give a `score`, or a `rating`: one of them/);
  });

  it('has a plain object as its schema, in which neither is required', () => {
    const { type, required, properties, additionalProperties, ...rest } = giveFeedback.json.input;
    expect({ type, required, additionalProperties, rest }).toEqual({
      type: 'object',
      required: ['call'],
      additionalProperties: false,
      rest: {},
    });
    expect(properties).toMatchObject({
      rating: { type: 'string', enum: ['up', 'down'] },
      score: { type: 'number', minimum: 0, maximum: 1 },
      comment: { type: 'string', minLength: 1, maxLength: 2_000 },
    });
  });

  it('tells an agent when to use it, and what comes of it', () => {
    for (const said of [
      '`rating`',
      '`score`',
      'versions of prompts',
      'not served',
      'Costs nothing',
    ])
      expect(giveFeedback.description).toContain(said);
  });
});
