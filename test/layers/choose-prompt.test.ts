import { describe, expect, it } from 'vitest';
import type { Call, ChoosePrompt, Outcome } from '../../src/core/call/call.ts';
import { LOCAL } from '../../src/core/call/principal.ts';
import type { ChosenPrompt } from '../../src/core/call/prompt.ts';
import type { Tool } from '../../src/core/tool/define-tool.ts';
import { problem } from '../../src/errors/problem.ts';
import { buildChoosePrompt } from '../../src/layers/choose-prompt.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { getBudget } from '../../tools/system/get-budget.ts';
import { fakeCall } from '../support/calls.ts';
import { usualPrompt } from '../support/prompts.ts';

const prompt = await usualPrompt('faq');
const DONE: Outcome = { ok: true, output: {} };

/** What the layer asks for, hands on and answers. */
function send(
  call: Partial<Call>,
  choose: (...asked: Parameters<ChoosePrompt>) => ChosenPrompt = () => ({
    prompt,
    variant: 'split',
  }),
) {
  const asked: Parameters<ChoosePrompt>[] = [];
  const passed: Call[] = [];
  const layer = buildChoosePrompt(async (...given) => {
    asked.push(given);
    return Promise.resolve().then(() => choose(...given));
  });
  const given = fakeCall(call);
  const outcome = layer(given, (next) => {
    passed.push(next);
    return Promise.resolve(DONE);
  });
  return { asked, passed, given, outcome };
}

const pinning = (mayPin: boolean, tool: Tool = answerQuestion): Partial<Call> => ({
  tool,
  promptWish: 'faq@v1',
  principal: { ...LOCAL, id: 'web', mayPin },
});

describe('choose-prompt', () => {
  it('lets plain functions pass untouched, also with a wish', async () => {
    const { asked, passed, given, outcome } = send(pinning(false, getBudget));
    expect(await outcome).toBe(DONE);
    expect(passed).toEqual([given]);
    expect(passed[0]).toBe(given);
    expect(given.meta.prompt).toBeNull();
    expect(asked).toEqual([]);
  });

  it('writes into the row which version it is, why, and its content, and hands it on', async () => {
    const { asked, passed, given, outcome } = send({ tool: answerQuestion });
    expect(await outcome).toBe(DONE);
    expect(given.meta.prompt).toEqual({
      id: 'faq',
      version: prompt.meta.version,
      variant: 'split',
      hash: prompt.hash,
    });
    expect(asked).toEqual([[answerQuestion, given]]);
    expect(passed).toEqual([
      { ...given, chosen: { prompt, variant: 'split', tool: answerQuestion } },
    ]);
    expect(passed[0]?.meta).toBe(given.meta);
  });

  it('lets those pin who may', async () => {
    const pinned = (): ChosenPrompt => ({ prompt, variant: 'pinned' });
    const { asked, given, outcome } = send(pinning(true), pinned);
    await outcome;
    expect(asked[0]?.[1].promptWish).toBe('faq@v1');
    expect(given.meta.prompt?.variant).toBe('pinned');
  });

  it('refuses a wish of whoever may not, before anything is chosen, and says whose key it is', async () => {
    const { asked, passed, given, outcome } = send(pinning(false));
    await expect(outcome).rejects.toMatchObject({ code: 'forbidden_prompt' });
    await expect(outcome).rejects.toThrow('The key "web" may not say');
    expect([asked, passed, given.meta.prompt]).toEqual([[], [], null]);
  });

  it('repeats of a long wish no more than its beginning', async () => {
    const { outcome } = send({ ...pinning(false), promptWish: 'x'.repeat(10_000) });
    const failure: unknown = await outcome.catch((error: unknown) => error);
    expect((failure as Error).message.length).toBeLessThan(300);
  });

  it('writes nothing where no version can be chosen', async () => {
    const { passed, given, outcome } = send({ tool: answerQuestion }, () => {
      throw problem('unknown_prompt', { detail: 'There is none.' });
    });
    await expect(outcome).rejects.toMatchObject({ code: 'unknown_prompt' });
    expect([passed, given.meta.prompt]).toEqual([[], null]);
  });
});
