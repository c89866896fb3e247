import { describe, expect, it } from 'vitest';
import { answerFromPassages } from '../../../tools/fallback/answer-from-passages.ts';
import { MOST_PASSAGES, readPassages } from '../../../tools/fallback/passages.ts';

const KNOWLEDGE = { text: () => null };
const QUESTION = 'How many days do I have to return my order?';
const ANSWER = 'You have thirty days to return your order.';

describe('texts of more passages than a document has', () => {
  it('are read as far as the bound', () => {
    expect(readPassages('a\n\n'.repeat(MOST_PASSAGES + 5_000), '', 'A')).toHaveLength(
      MOST_PASSAGES,
    );
  });

  it.each([
    ['in one document', [{ text: `${ANSWER}\n\n${'a\n\n'.repeat(60_000)}` }]],
    [
      'in many',
      [{ text: ANSWER }, ...Array.from({ length: 40 }, () => ({ text: 'a\n\n'.repeat(1_000) }))],
    ],
  ])('are answered from as before, %s', (_where, context) => {
    const answered = answerFromPassages({ question: QUESTION, context }, KNOWLEDGE);
    expect(answered).toMatchObject({ answer: ANSWER, found: true });
  });

  it('hide what stands behind the bound', () => {
    const context = [{ text: 'a\n\n'.repeat(MOST_PASSAGES) }, { text: ANSWER }];
    expect(answerFromPassages({ question: QUESTION, context }, KNOWLEDGE)).toMatchObject({
      found: false,
    });
  });
});
