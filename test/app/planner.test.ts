import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/core/call/principal.ts';
import { hasPrompt, type LlmTool } from '../../src/core/tool/define-tool.ts';
import { CATALOG } from '../../src/model/catalog.ts';
import type { PromptCache } from '../../src/model/prompt-cache.ts';
import { TIME_LIMITS } from '../../src/model/time-limits.ts';
import { buildPlanner } from '../../src/app/planner.ts';
import { usualPrompt } from '../support/prompts.ts';
import { tools } from '../../tools/index.ts';
import { fakeProvider } from '../support/fake-provider.ts';
import { modelParts } from '../support/model-parts.ts';
import { invoke, testApp } from '../support/test-app.ts';
import { OWNER } from '../support/owner.ts';

const CHAINS = {
  fast: ['claude-haiku-5-5'],
  balanced: ['claude-sonnet-5-5', 'claude-haiku-5-5'],
  deep: ['claude-opus-4-5', 'claude-sonnet-5-5'],
};
const parts = {
  ...modelParts(fakeProvider({}), { now: () => Date.parse('2026-11-23T12:00:00Z') }),
  chains: CHAINS,
  allowance: 2,
};
const planBy =
  (given: Parameters<typeof buildPlanner>[0]) =>
  async (tool: LlmTool, input: Record<string, unknown>, models: Principal['models'] = null) =>
    buildPlanner(given)(tool, input, { prompt: await usualPrompt(tool.prompt), models });
const plan = planBy(parts);
const tool = (name: string): LlmTool => {
  const found = tools.find((each) => each.name === name);
  if (!hasPrompt(found)) throw new Error(`${name} is no model tool`);
  return found;
};
const answer = tool('answer_question');
const SHORT = { style: 'paragraph', max_words: 50 };
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
    const planned = await plan(answer, { ...QUESTION, options: { quality } });
    const { models, reason } = planned;
    expect(models).toEqual(chain);
    expect(models).toEqual(CHAINS[planned.chain as keyof typeof CHAINS]);
    expect(reason).toContain(quality);
  });

  it('goes to a harder chain with a long prompt, whose size is in the reason', async () => {
    const summarize = tool('summarize_text');
    const { chain, reason } = await plan(summarize, { ...SHORT, text: 'word '.repeat(200_000) });
    expect(chain).toBe('deep');
    expect(reason).toMatch(/about \d{6} tokens, more than 150000: chain deep instead of balanced/);
    expect((await plan(summarize, { ...SHORT, text: 'word' })).chain).toBe('balanced');
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

  it('never asks for more than every model of the chain can write', async () => {
    const options = { quality: 'best', max_output_tokens: 128_000 };
    const input = { ...QUESTION, options };
    expect(CATALOG['claude-opus-4-5']?.maxOutputTokens).toBe(64_000);
    expect((await plan(answer, input)).maxOutputTokens).toBe(64_000);
    const deep = [...CHAINS.deep].reverse();
    const reversed = planBy({ ...parts, chains: { ...CHAINS, deep } });
    expect((await reversed(answer, input)).maxOutputTokens).toBe(64_000);
  });

  it('has the usual time limits where the tool has none of its own', async () => {
    expect((await plan(answer, QUESTION)).timeLimits).toEqual(TIME_LIMITS);
    const policy = { ...answer.policy, timeLimits: { firstTokenMs: 77 } };
    expect((await plan({ ...answer, policy }, QUESTION)).timeLimits).toEqual({
      ...TIME_LIMITS,
      firstTokenMs: 77,
    });
  });

  it('allows a multiple of what the dearest model of its chain may cost, wherever that stands', async () => {
    const dearest = async (factor: number, balanced: string[]) => {
      const planner = planBy({
        ...parts,
        allowance: factor,
        chains: { ...CHAINS, balanced },
      });
      const { allowanceNanoUsd, estimate } = await planner(answer, QUESTION);
      const worst = balanced.map((model) => estimate(model).worstNanoUsd);
      expect(allowanceNanoUsd).toBe(Math.ceil(factor * Math.max(...worst)));
      return allowanceNanoUsd;
    };
    const [dear, cheap] = ['claude-opus-5-5', 'claude-haiku-5-5'];
    const once = await dearest(1, [dear, cheap]);
    expect(await dearest(1, [cheap, dear])).toBe(once);
    expect(await dearest(1, [cheap])).toBeLessThan(once / 10);
    expect(await dearest(3, [cheap, dear])).toBe(3 * once);
  });

  it('narrows the reply to this very input', async () => {
    const labels = [{ name: 'a' }, { name: 'b' }];
    const { replySchema } = await plan(tool('classify_text'), { text: 'x', labels });
    expect(replySchema).toMatchObject({ properties: { label: { enum: ['a', 'b'] } } });
  });

  it.each([
    ['first', ['claude-none-1', 'claude-haiku-5-5']],
    ['last', ['claude-haiku-5-5', 'claude-none-1']],
  ])('of a chain whose %s model has no price is an error', async (_place, balanced) => {
    const unpriced = planBy({ ...parts, chains: { ...CHAINS, balanced } });
    await expect(unpriced(answer, QUESTION)).rejects.toMatchObject({ code: 'unknown_model' });
  });
});

/** What a plan is when the provider's cache is asked to keep the system part so long. */
const planWithCache = (timeToLive: '5m' | '1h' | null) => {
  const promptCache: PromptCache = { ...parts.promptCache, timeToLive: () => timeToLive };
  return planBy({ ...parts, promptCache })(answer, QUESTION);
};

describe('the estimate of a plan', () => {
  it('is the price list applied to the tokens estimated', async () => {
    const { estimate, maxOutputTokens } = await plan(answer, QUESTION);
    const { inputTokens, highInputTokens, mostInputTokens, outputTokens, ...price } = estimate();
    const { expectedNanoUsd, highNanoUsd, worstNanoUsd } = price;
    // The bundled handbook travels along: some ten thousand tokens.
    expect(inputTokens).toBeGreaterThan(4_000);
    expect(outputTokens).toBe(160);
    expect(expectedNanoUsd).toBe(inputTokens * 2_000 + 160 * 10_000);
    expect(highInputTokens).toBeGreaterThan(inputTokens);
    expect(highNanoUsd).toBe(highInputTokens * 2_000 + maxOutputTokens * 10_000);
    expect(mostInputTokens).toBeGreaterThan(highInputTokens);
    expect(worstNanoUsd).toBe(mostInputTokens * 2_000 + maxOutputTokens * 10_000);
  });

  it('is made for each model of the chain by its own prices and tokenizer', async () => {
    const { estimate } = await plan(answer, { ...QUESTION, options: { quality: 'best' } });
    const [older, newer] = [estimate('claude-opus-4-5'), estimate('claude-sonnet-5-5')];
    expect(estimate()).toBe(older);
    expect(newer.inputTokens / older.inputTokens).toBeCloseTo(1.3, 1);
    expect(older.expectedNanoUsd).toBe(older.inputTokens * 5_000 + older.outputTokens * 25_000);
    expect(newer.prefix.model).toBe('claude-sonnet-5-5');
    expect(older.prefix.minimumTokens).toBe(4096);
  });

  it('reads the prompt once per model, however often it is asked for', async () => {
    let read = 0;
    const { estimator } = parts;
    const prompt: typeof estimator.prompt = (...asked) => {
      read += 1;
      return estimator.prompt(...asked);
    };
    const counting = planBy({ ...parts, estimator: { ...estimator, prompt } });
    const { estimate } = await counting(answer, QUESTION);
    const before = read;
    for (const model of [...CHAINS.balanced, ...CHAINS.balanced]) estimate(model);
    expect(read).toBe(before);
  });

  it.each([
    [null, 2_000],
    ['5m', 2_500],
    ['1h', 4_000],
  ] as const)(
    'pays at the worst for writing all of the prompt to a cache of %s',
    async (kept, nanoUsd) => {
      const { estimate, maxOutputTokens } = await planWithCache(kept);
      const { cacheSystem, mostInputTokens, worstNanoUsd } = estimate();
      expect(cacheSystem).toBe(kept);
      expect(worstNanoUsd).toBe(mostInputTokens * nanoUsd + maxOutputTokens * 10_000);
    },
  );

  it('has the system part as the beginning that a cache may keep', async () => {
    const { prompt, estimate } = await plan(answer, QUESTION);
    const { prefix, inputTokens } = estimate();
    expect(prefix).toMatchObject({ text: prompt.system, minimumTokens: 1024 });
    expect(prefix.tokens).toBeGreaterThan(4_000);
    expect(prefix.tokens).toBeLessThan(inputTokens);
  });

  it('expects no more than the model may write', async () => {
    const { estimate } = await plan(answer, { ...QUESTION, options: { max_output_tokens: 16 } });
    expect(estimate().outputTokens).toBe(16);
    const { mostInputTokens, worstNanoUsd } = estimate();
    expect(worstNanoUsd).toBe(mostInputTokens * 2_000 + 16 * 10_000);
  });

  it('grows with the text', async () => {
    const tokens = async (words: number) =>
      (await plan(tool('summarize_text'), { ...SHORT, text: 'word '.repeat(words) })).estimate()
        .inputTokens;
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
      expect(await app.ledger(OWNER).call(ended.call.id)).toMatchObject({
        cost_usd: 0,
        attempts: [],
      });
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
