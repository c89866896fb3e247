import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/read.ts';
import { applySettings } from '../../src/config/tool-overrides.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { getUsage } from '../../tools/system/get-usage.ts';
import { testConfig } from '../support/test-app.ts';

const slow = {
  ...answerQuestion,
  name: 'slow',
  policy: { ...answerQuestion.policy, timeLimits: { firstTokenMs: 2, idleMs: 3 } },
};
const all = [answerQuestion, slow, getUsage];

/** The policy that a tool has under such settings. */
function policyOf(name: string, settings: Partial<Config>) {
  const tool = applySettings(all, { ...testConfig({ TOLLGATE_CACHE: 'on' }), ...settings }).find(
    (t) => t.name === name,
  );
  if (!tool) throw new Error(`${name} is gone`);
  return tool.policy;
}

describe('the settings of a tool', () => {
  it('change nothing when there are none', () => {
    expect(policyOf('slow', {})).toEqual(slow.policy);
    expect(policyOf('answer_question', {})).toEqual({ ...answerQuestion.policy, timeLimits: {} });
    expect(policyOf('get_usage', {})).toEqual(getUsage.policy);
  });

  it('say when a call of it has to end, with a model or without', () => {
    const tools = { answer_question: { deadline_ms: 7 }, get_usage: { deadline_ms: 8 } };
    expect(policyOf('answer_question', { tools }).deadlineMs).toBe(7);
    expect(policyOf('get_usage', { tools }).deadlineMs).toBe(8);
    expect(policyOf('slow', { tools }).deadlineMs).toBe(slow.policy.deadlineMs);
  });

  it('go before what the tool declares, and that before what holds for all', () => {
    const settings: Partial<Config> = {
      time_limits: { connect_ms: 10, first_token_ms: 20, idle_ms: 30, total_ms: 40 },
      tools: { slow: { time_limits: { idle_ms: 300 } } },
    };
    expect(policyOf('slow', settings)).toMatchObject({
      timeLimits: { connectMs: 10, firstTokenMs: 2, idleMs: 300, totalMs: 40 },
    });
    expect(policyOf('answer_question', settings)).toMatchObject({
      timeLimits: { connectMs: 10, firstTokenMs: 20, idleMs: 30, totalMs: 40 },
    });
  });

  it('leave out what they do not say: a default is not hidden by nothing', () => {
    expect(policyOf('answer_question', { time_limits: { total_ms: 9 } })).toHaveProperty(
      'timeLimits',
      { totalMs: 9 },
    );
  });

  it('keep the rest of a tool and do not change the declaration', () => {
    const before = structuredClone(slow.policy);
    const tools = { slow: { deadline_ms: 1, time_limits: { idle_ms: 1 } } };
    const [, applied] = applySettings(all, { ...testConfig({ TOLLGATE_CACHE: 'on' }), tools });
    expect(applied).toMatchObject({ name: 'slow', prompt: 'faq', input: slow.input });
    expect(slow.policy).toEqual(before);
  });
});
