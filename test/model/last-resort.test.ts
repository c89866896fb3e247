import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Call, CallMeta } from '../../src/core/call/call.ts';
import { buildSchemaChecks } from '../../src/core/tool/schema-check.ts';
import type { Fallback, LlmTool } from '../../src/core/tool/define-tool.ts';
import { defineTool } from '../../src/core/tool/define-tool.ts';
import { CODES, type Code } from '../../src/errors/codes.ts';
import { problem } from '../../src/errors/problem.ts';
import { answerWithoutModel, endOfAttempts } from '../../src/model/last-resort.ts';
import { CALLS_MODEL } from '../../tools/annotations.ts';
import { fakeCall } from '../support/calls.ts';

/** Nobody could answer, and nobody is to blame who calls. */
const RESCUED: Code[] = [
  'model_unavailable',
  'model_rate_limited',
  'model_spend_limit',
  'model_stream_broken',
  'model_timeout',
  'model_paused',
  'deadline_exceeded',
];

const tool = (fallback: Fallback | null): LlmTool =>
  defineTool({
    name: 'echo',
    title: 'Echo',
    description: 'Says it again.',
    input: z.object({ a: z.string() }),
    output: z.object({ a: z.string() }),
    examples: [{ title: 'One', input: { a: 'a' } }],
    annotations: CALLS_MODEL,
    prompt: 'faq',
    ...(fallback && { fallback }),
    policy: {
      deadlineMs: 1_000,
      complexity: 'simple',
      partialUsable: false,
      cache: 'never',
      budget: { misfit: 'refuse', overrun: 'cut' },
    },
  });

const echo: Fallback = ({ a }, knowledge) => ({ a: `${String(a)} ${String(knowledge.text('k'))}` });

interface Around {
  fallback?: Fallback | null;
  code?: Code;
  call?: Partial<Call>;
  meta?: Partial<CallMeta>;
}

function rescue({ fallback = echo, code = 'model_unavailable', call, meta }: Around = {}) {
  const rescued = tool(fallback);
  return answerWithoutModel({
    tool: rescued,
    call: fakeCall({ input: { a: 'x' }, ...call }, meta),
    problem: problem(code, { detail: 'No.' }),
    knowledge: { text: (name) => `knows ${name}` },
    check: buildSchemaChecks().compile(rescued.json.output),
  });
}

describe('the answer without a model', () => {
  it.each(RESCUED)('is the tool’s own, from input and knowledge, after %s', async (code) => {
    expect(await rescue({ code })).toEqual({ a: 'x knows k' });
  });

  it.each((Object.keys(CODES) as Code[]).filter((code) => !RESCUED.includes(code)))(
    'is none after %s, of which the caller must know',
    async (code) => {
      expect(await rescue({ code })).toBeNull();
    },
  );

  it('is none for a tool without one, nor where it has no honest answer', async () => {
    expect(await rescue({ fallback: null })).toBeNull();
    expect(await rescue({ fallback: () => null })).toBeNull();
  });

  it('is none after text was sent, which it would contradict', async () => {
    expect(await rescue({ meta: { partial: { usable: true, text_chars: 1 } } })).toBeNull();
  });

  it('is not even made for a caller who has left', async () => {
    const fallback = (): never => {
      throw new Error('nobody needs it');
    };
    expect(await rescue({ fallback, call: { signal: AbortSignal.abort() } })).toBeNull();
  });

  it.each([{}, { a: 7 }, { a: 'x', b: 'y' }])(
    'is not served in a wrong shape: %j',
    async (output) => {
      expect(await rescue({ fallback: () => output })).toBeNull();
    },
  );
});

describe('the end of attempts', () => {
  const end = (fallback: Fallback | null, deadlineMs: number): number => {
    const { policy, ...rest } = tool(fallback);
    return endOfAttempts(
      { ...rest, policy: { ...policy, deadlineMs } },
      fakeCall({ deadlineAt: 100_000 }),
    );
  };

  it('leaves a fallback a moment before the deadline, a tenth of the time at most', () => {
    expect(end(echo, 60_000)).toBe(100_000 - 400);
    expect(end(echo, 1_000)).toBe(100_000 - 100);
  });

  it('is behind the deadline where there is nothing to fall back to', () => {
    expect(end(null, 60_000)).toBeGreaterThan(100_000);
  });
});
