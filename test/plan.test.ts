import { describe, expect, it } from 'vitest';
import type { LlmTool } from '../src/call/tool.ts';
import { CATALOG } from '../src/model/catalog.ts';
import { buildPriceList } from '../src/model/prices.ts';
import { buildPlanner } from '../src/plan.ts';
import { loadPrompts } from '../src/prompts/load.ts';
import { tools } from '../tools/index.ts';
import { fakeProvider } from './support/fake-provider.ts';
import { invoke, testApp } from './support/test-app.ts';

const CHAINS = {
  fast: ['claude-haiku-5-5'],
  balanced: ['claude-sonnet-5-5', 'claude-haiku-5-5'],
  deep: ['claude-opus-4-5', 'claude-sonnet-5-5'],
};
const prompts = loadPrompts('prompts');
const plan = buildPlanner({
  prompts: () => Promise.resolve(prompts),
  prices: buildPriceList(CATALOG),
  chains: CHAINS,
  now: () => Date.parse('2026-11-23T12:00:00Z'),
});
const tool = (name: string): LlmTool => {
  const found = tools.find((each) => each.name === name);
  if (found?.kind !== 'llm') throw new Error(`${name} is no model tool`);
  return found;
};
const answer = tool('answer_question');
const QUESTION = { question: 'How do I get my money back?' };

describe('a plan', () => {
  it('takes the chain the tool’s task asks for', async () => {
    expect((await plan(answer, QUESTION)).models).toEqual(CHAINS.balanced);
    const labels = [{ name: 'a' }, { name: 'b' }];
    expect((await plan(tool('classify_text'), { text: 'x', labels })).models).toEqual(CHAINS.fast);
  });

  it.each([
    ['fast', CHAINS.fast],
    ['balanced', CHAINS.balanced],
    ['best', CHAINS.deep],
  ] as const)('takes the chain of the quality wished for: %s', async (quality, chain) => {
    const { models, reason } = await plan(answer, { ...QUESTION, options: { quality } });
    expect(models).toEqual(chain);
    expect(reason).toContain(quality);
  });

  it('holds the prompt with the caller’s words, and not the caller’s wishes', async () => {
    const { prompt } = await plan(answer, { ...QUESTION, options: { quality: 'best' } });
    expect(prompt).toMatchObject({ id: 'faq', version: 'v1' });
    expect(prompt.user).toContain(QUESTION.question);
    expect(prompt.user).not.toContain('best');
    expect(prompt.system).toContain('Larkfield');
  });

  it('takes the length of an answer from the prompt unless the caller wishes another', async () => {
    const wish = (max_output_tokens: number) =>
      plan(answer, { ...QUESTION, options: { max_output_tokens } });
    expect((await plan(answer, QUESTION)).maxOutputTokens).toBe(1024);
    expect((await wish(100)).maxOutputTokens).toBe(100);
    expect((await wish(5_000)).maxOutputTokens).toBe(5_000);
  });

  it('never asks a model for more than it can write', async () => {
    const options = { quality: 'best', max_output_tokens: 128_000 };
    expect(CATALOG['claude-opus-4-5']?.maxOutputTokens).toBe(64_000);
    expect((await plan(answer, { ...QUESTION, options })).maxOutputTokens).toBe(64_000);
  });

  it('narrows the reply to this very input', async () => {
    const labels = [{ name: 'a' }, { name: 'b' }];
    const { replySchema } = await plan(tool('classify_text'), { text: 'x', labels });
    expect(replySchema).toMatchObject({ properties: { label: { enum: ['a', 'b'] } } });
  });

  it('of a chain whose first model has no price is an error', async () => {
    const unpriced = buildPlanner({
      prompts: () => Promise.resolve(prompts),
      prices: buildPriceList({}),
      chains: CHAINS,
      now: Date.now,
    });
    await expect(unpriced(answer, QUESTION)).rejects.toMatchObject({ code: 'unknown_model' });
  });
});

describe('the estimate of a plan', () => {
  it('is the price list applied to the tokens estimated', async () => {
    const { estimate, maxOutputTokens } = await plan(answer, QUESTION);
    const { inputTokens, outputTokens, expectedNanoUsd, worstNanoUsd } = estimate();
    // The bundled handbook travels along: some ten thousand tokens.
    expect(inputTokens).toBeGreaterThan(4_000);
    expect(outputTokens).toBe(160);
    expect(expectedNanoUsd).toBe(inputTokens * 2_000 + 160 * 10_000);
    expect(worstNanoUsd).toBe(inputTokens * 2_000 + maxOutputTokens * 10_000);
  });

  it('expects no more than the model may write', async () => {
    const { estimate } = await plan(answer, { ...QUESTION, options: { max_output_tokens: 16 } });
    expect(estimate().outputTokens).toBe(16);
    expect(estimate().expectedNanoUsd).toBe(estimate().worstNanoUsd);
  });

  it('grows with the text', async () => {
    const tokens = async (words: number) =>
      (await plan(tool('summarize_text'), { text: 'word '.repeat(words) })).estimate().inputTokens;
    expect(await tokens(20_000)).toBeGreaterThan(10 * (await tokens(1_000)));
  });

  it('spends nothing: estimate_cost asks no model and costs nothing', async () => {
    const provider = fakeProvider({ error: new Error('no model may be asked') });
    const app = testApp({ provider });
    try {
      const input = { tool: 'answer_question', input: QUESTION };
      const ended = await invoke(app, 'estimate_cost', input);
      expect(ended).toMatchObject({ ok: true, output: { model: 'claude-sonnet-5-5' } });
      expect(provider.requests).toEqual([]);
      expect(await app.books.call(ended.call.id)).toMatchObject({ cost_usd: 0, attempts: [] });
    } finally {
      await app.close();
    }
  });

  it('of an input the tool would refuse is the same refusal', async () => {
    const app = testApp({ provider: fakeProvider({}) });
    try {
      const ended = await invoke(app, 'estimate_cost', { tool: 'answer_question', input: {} });
      expect(ended).toMatchObject({ ok: false, problem: { code: 'invalid_input' } });
    } finally {
      await app.close();
    }
  });
});
