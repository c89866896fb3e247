import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { answerQuestion } from '../../../src/simulator/answers/answer.ts';

const handbook = readFileSync('prompts/_shared/handbook.md', 'utf8');

const RETURNS = 'How do I return an item and get my money back?';

/** What a newcomer asks first, of the handbook that a newcomer has. */
describe('the bundled handbook', () => {
  it.each([
    ['How do I get my money back?', RETURNS],
    ["What's your return policy?", RETURNS],
    ['How do I get a refund?', RETURNS],
    ['Can I send this back?', RETURNS],
    ['I want my money back', RETURNS],
    ['Can I return a gift card?', 'Can I return a gift card or get a refund for it?'],
    ['how long do refunds take', 'How long does a refund take to reach my account?'],
    ['refund for sale items?', 'Can I return final sale items?'],
    ['my password does not work', 'I forgot my password. How do I reset it?'],
    ['do you ship to canada', 'Which countries do you ship to?'],
    ['where is my parcel', 'Where is my parcel and how do I track it?'],
    ['can I cancel my order', 'Can I cancel my order before it ships?'],
    ['exchange for bigger size', 'Can I exchange an item for another size or colour?'],
    ['how to skip a box', 'Can I skip just one month of the box?'],
  ])('answers "%s" with its entry', (question, heading) => {
    expect(answerQuestion(question, handbook).source?.heading).toBe(heading);
  });

  it('does not answer what it does not say', () => {
    expect(answerQuestion('What is the capital of Mongolia?', handbook).found).toBe(false);
  });
});
