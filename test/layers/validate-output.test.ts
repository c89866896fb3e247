import { describe, expect, it } from 'vitest';
import type { Call, Outcome } from '../../src/core/call/call.ts';
import { replySchema } from '../../src/core/tool/reply-schema.ts';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import { hasPrompt, type Tool } from '../../src/core/tool/define-tool.ts';
import { problem } from '../../src/errors/problem.ts';
import { buildValidateOutput } from '../../src/layers/validate-output.ts';
import { classifyText } from '../../tools/classify-text.ts';
import { extractData } from '../../tools/extract-data.ts';
import { getBudget } from '../../tools/system/get-budget.ts';
import { fakeCall } from '../support/calls.ts';
import { fakePlan } from '../support/model-parts.ts';

const layer = buildValidateOutput(buildSchemaChecks());
const planOf = (tool: Tool, input: object): Partial<Call> =>
  hasPrompt(tool) ? { plan: fakePlan({ replySchema: replySchema(tool, { ...input }) }) } : {};
const answering = (tool: Tool, input: object, output: unknown): Promise<Outcome> =>
  layer(fakeCall({ tool, input, ...planOf(tool, input) }), () =>
    Promise.resolve({ ok: true, output }),
  );

const LABELS = { text: 'x', labels: [{ name: 'a' }, { name: 'b' }] };
const label = { label: 'a', confidence: 0.5, reason: 'r' };

describe('validate-output', () => {
  it('lets out what the tool promises', async () => {
    expect(await answering(classifyText, LABELS, label)).toEqual({ ok: true, output: label });
  });

  it.each([
    ['a label that was not offered', { ...label, label: 'c' }, '/label', 'enum'],
    ['a number out of bounds', { ...label, confidence: 2 }, '/confidence', 'maximum'],
    ['a field too few', { label: 'a', confidence: 0.5 }, '', 'required'],
    ['a field too many', { ...label, more: 1 }, '', 'additionalProperties'],
    ['no object', 'a', '', 'type'],
  ])('stops %s, naming the place', async (...[, output, pointer, code]) => {
    await expect(answering(classifyText, LABELS, output)).rejects.toMatchObject({
      code: 'invalid_output',
      message: expect.stringContaining(
        `classify_text: the answer does not fit its schema at "${pointer}"`,
      ) as string,
      details: { errors: [{ pointer, code }] },
    });
  });

  it('holds extracted data to the caller’s own schema', async () => {
    const schema = {
      type: 'object',
      properties: { total: { $ref: '#/$defs/Money' } },
      $defs: { Money: { type: 'number' } },
    };
    expect(
      await answering(extractData, { text: 'x', schema }, { data: { total: 1 } }),
    ).toMatchObject({ ok: true });
    await expect(
      answering(extractData, { text: 'x', schema }, { data: { total: 'one' } }),
    ).rejects.toMatchObject({
      code: 'invalid_output',
      details: { errors: [{ pointer: '/data/total' }] },
    });
  });

  it('holds our own functions to their schema too', async () => {
    await expect(answering(getBudget, {}, { principal: 5 })).rejects.toMatchObject({
      code: 'invalid_output',
    });
  });

  it('lets a problem pass', async () => {
    const found: Outcome = { ok: false, problem: problem('cancelled', { detail: 'Gone.' }) };
    expect(await layer(fakeCall({ tool: classifyText }), () => Promise.resolve(found))).toBe(found);
  });
});
