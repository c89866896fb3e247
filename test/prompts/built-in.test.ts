import { describe, expect, it } from 'vitest';
import { checkPrompts } from '../../src/prompts/check.ts';
import { SYSTEM_PROMPTS } from '../../src/app/prompts.ts';
import { openFolder } from '../../src/prompts/open-folder.ts';
import { answerQuestion } from '../../tools/answer-question.ts';
import { gradeAnswer } from '../../tools/system/grade-answer.ts';
import { judgeSameAnswer } from '../../tools/system/judge-same-answer.ts';

describe('prompts check', () => {
  it('finds nothing wrong in the built-in prompts', async () => {
    const { registry } = await openFolder('prompts');
    expect(checkPrompts({ registry, tools: [answerQuestion] })).toEqual([]);
  });

  it('finds nothing wrong in those that come with tollgate, and all of them locked', async () => {
    const { registry } = await openFolder(SYSTEM_PROMPTS);
    expect(checkPrompts({ registry, tools: [judgeSameAnswer, gradeAnswer] })).toEqual([]);
    expect(Object.keys(registry.lock.prompts)).toEqual(['grade@v1', 'judge@v1']);
  });
});
