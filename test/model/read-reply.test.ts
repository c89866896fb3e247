import { describe, expect, it } from 'vitest';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import { readReply } from '../../src/model/read-reply.ts';

const check = buildSchemaChecks().compile({
  type: 'object',
  properties: { label: { enum: ['a', 'b'] }, confidence: { type: 'number' } },
  required: ['label', 'confidence'],
  additionalProperties: false,
});

describe('a reply', () => {
  it('that fits is what it says', async () => {
    expect(await readReply(' {"label":"a","confidence":1}\n', check)).toEqual({
      ok: true,
      output: { label: 'a', confidence: 1 },
    });
  });

  it.each(['', 'Sure! {"label":"a"}', '{"label":"a"', '```json\n{}\n```'])(
    'that is not JSON is told so: %j',
    async (reply) => {
      expect(await readReply(reply, check)).toEqual({
        ok: false,
        complaint: 'Your reply is not JSON. Answer again with the JSON object alone.',
      });
    },
  );

  it.each([
    ['{"label":"c","confidence":1}', '"/label" must be equal to one of the allowed values'],
    ['{"label":"a"}', `"" must have required property 'confidence'`],
    ['null', '"" must be object'],
    ['[]', '"" must be object'],
  ])('that does not fit is told where: %s', async (reply, mistake) => {
    expect(await readReply(reply, check)).toEqual({
      ok: false,
      complaint: `Your reply does not fit the schema: ${mistake}. Answer again with the whole corrected object alone.`,
    });
  });

  it('with a hundred mistakes is told of the first five', async () => {
    const mistakes = Array.from({ length: 100 }, (_, at) => ({
      pointer: `/${String(at)}`,
      code: 'type',
      detail: 'must be string',
    }));
    const read = await readReply('[]', () => mistakes);
    expect(!read.ok && read.complaint.match(/must be string/g)).toHaveLength(5);
    expect(!read.ok && read.complaint).toContain('"/0"');
  });
});
