import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rewriteText } from '../../tools/rewrite-text.ts';
import { defineTool, type Tool } from '../../src/core/tool/define-tool.ts';
import { agreement, withoutIds, type OpenFront } from '../support/fronts.ts';
import { IN_PROCESS } from './in-process.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../support/fake-anthropic.ts';

const functionTool = (name: string, run: () => Promise<{ done: boolean }>, deadlineMs = 5_000) =>
  defineTool({
    name,
    title: name,
    description: 'A tool of a test.',
    input: z.strictObject({}),
    output: z.object({ done: z.boolean() }),
    examples: [{ title: 'No input', input: {} }],
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
    policy: { deadlineMs },
    run,
  });

const MADE_UP: readonly Tool[] = [
  functionTool('throws_error', () => Promise.reject(new Error('the secret of the database'))),
  functionTool('throws_word', () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries do
    throw 'the secret of the database';
  }),
  functionTool('never_ends', () => new Promise(() => undefined), 60),
  functionTool('lies', () => Promise.resolve({ done: 'perhaps' } as never)),
  {
    ...rewriteText,
    name: 'rewrite_quickly',
    policy: { ...rewriteText.policy, deadlineMs: 300 },
  },
];

const CASES = [
  { tool: 'throws_error', code: 'tool_failed', status: 500 },
  { tool: 'throws_word', code: 'tool_failed', status: 500 },
  { tool: 'never_ends', code: 'deadline_exceeded', status: 504 },
  { tool: 'lies', code: 'invalid_output', status: 502 },
] as const;

const agreed = agreement();

// The tools of the stdio server are built in, so a test cannot bring one that throws or is too slow.
describe.each(IN_PROCESS)('over $name', ({ open }) => {
  let fakeAnthropic: FakeAnthropic;
  let front: OpenFront;
  beforeAll(async () => {
    fakeAnthropic = await startFakeAnthropic();
    front = await open({ modelUrl: fakeAnthropic.url, tools: MADE_UP });
    // What is loaded on the first call does not count against the deadlines below.
    await front.call('rewrite_text', { text: 'hey', instruction: 'Formal' });
  });
  afterAll(async () => {
    await front.close();
    await fakeAnthropic.close();
  });

  it.each(CASES)('a tool that $tool ends with $code', async ({ tool, code, status }) => {
    const before = (await front.rows()).length;
    const { ok, problem } = await front.call(tool, {});
    expect(ok).toBe(false);
    expect(problem).toMatchObject({ code, status });
    expect(problem?.next_actions).not.toEqual([]);
    expect(JSON.stringify(problem)).not.toContain('secret');
    expect(withoutIds(problem)).toEqual(agreed(tool, withoutIds(problem)));
    const rows = await front.rows();
    expect(rows).toHaveLength(before + 1);
    expect(rows[0]).toMatchObject({ id: problem?.call_id, tool, error_code: code, cost_usd: 0 });
  });

  it('a model that is too slow is dropped, and what it wrote is paid', async () => {
    fakeAnthropic.script = { pieces: ['{"text":"Dear ', 'cust'], then: 'wait' };
    const before = (await front.rows()).length;
    const { problem } = await front.call('rewrite_quickly', { text: 'hey', instruction: 'Formal' });
    await fakeAnthropic.left();
    expect(problem).toMatchObject({
      code: 'deadline_exceeded',
      detail: 'The call took longer than the 0.3 s its tool allows.',
      partial: { usable: false, text_chars: 9 },
    });
    expect(withoutIds(problem)).toEqual(agreed('slow model', withoutIds(problem)));
    const rows = await front.rows();
    expect(rows).toHaveLength(before + 1);
    expect(rows[0]).toMatchObject({
      id: problem?.call_id,
      error_code: 'deadline_exceeded',
      finish: 'error',
      usage: { input: 100, source: 'estimated' },
      attempts: [{ outcome: 'deadline' }],
    });
    expect(rows[0]?.cost_usd).toBeGreaterThan(0);
  });
});
