import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AnswerQuestionInput,
  AnswerQuestionOutput,
} from '../../../schemas/tools/answer-question.ts';
import { answerFromPassages } from '../../../tools/fallback/answer-from-passages.ts';

const handbook = readFileSync('prompts/_shared/handbook.md', 'utf8');
const knowledge = { text: (name: string) => (name === 'handbook.md' ? handbook : null) };
const fixture = (name: string): string => readFileSync(`test/fixtures/${name}`, 'utf8');
const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

const ask = (question: string, context?: { title?: string; text: string }[]) => {
  const input = AnswerQuestionInput.parse({ question, ...(context && { context }) });
  return AnswerQuestionOutput.parse(answerFromPassages(input, knowledge));
};

describe('the handbook without a model', () => {
  it.each([
    ['How do I get my money back?', 'How do I return an item and get my money back?'],
    ['How much does shipping cost?', 'How much does shipping cost?'],
    ['My parcel has not moved for a week, is it lost?', 'My tracking has not moved for days.'],
    ['Which countries do you deliver to?', 'Which countries do you ship to?'],
    ['Can I return an opened seed packet?', 'Can I return final sale items?'],
    ['What happens if my plant dies?', 'What if my plant dies after I planted it?'],
    ['Do you accept PayPal?', 'Which payment methods do you accept?'],
    ['Can I merge several gift cards?', 'How do I use a gift card to pay?'],
    ['How do I skip one box of my subscription?', 'Can I skip just one month of the box?'],
    ['By which day must I cancel the subscription?', 'How do I cancel my subscription?'],
    ['What time does the phone line open on Saturday?', 'What are your opening hours?'],
    ['How do I unsubscribe from your newsletter?', 'How do I stop marketing e-mails?'],
    ['I lost my phone, how do I use a backup code?', 'How do I turn on two-step sign-in?'],
    ['Are spare parts free?', 'Can I buy spare parts for a Larkfield product?'],
    ['Why was my payment declined?', 'Why was my payment declined?'],
    ['Is there interest on instalments?', 'Can I pay in instalments?'],
    ['How long is an invoice kept?', 'Where can I get an invoice with VAT?'],
    ['The wrong item was delivered to me', 'I received the wrong item.'],
    ['Does express delivery go to Hawaii?', 'Do you offer express delivery?'],
    ['When will I receive my refund?', 'How long does a refund take to reach my account?'],
    ['Is there a warranty on Forge tools?', 'How do I make a warranty claim for a faulty product?'],
  ])('answers "%s" from "%s"', (question, heading) => {
    const { answer, found, sources } = ask(question);
    expect(found).toBe(true);
    expect(sources).toEqual([expect.stringContaining(heading)]);
    expect(squeeze(handbook)).toContain(answer);
    expect(answer.split(/\s+/).length).toBeLessThanOrEqual(80);
  });

  it.each([
    'Do you sell swimming pools?',
    'What is the weather in Bristol tomorrow?',
    'How do I repot a monstera?',
    'Can I get a job in your warehouse?',
    'Which fertiliser is best for tomatoes?',
    'Is there parking at the York shop?',
    'Do you have a newsletter in German?',
    'Who founded the company?',
    'Can I pay with a cheque from my grandmother in Peru?',
    'Are your wooden benches made from certified timber?',
    'Do you install irrigation systems?',
    'What is Venlo?',
    'What is the capital of France?',
    'Is there a student discount at the museum?',
    'How much is it?',
    '?',
  ])('does not answer "%s", which it says nothing of', (question) => {
    expect(ask(question)).toEqual({
      answer: expect.stringMatching(/^No model is available .* no passage .*\.$/) as string,
      found: false,
      sources: [],
    });
  });

  it.each([
    'Can I still cancel an order I placed an hour ago?',
    'Do you give discounts for large orders?',
    'Can I speak to a human?',
  ])('would rather say nothing to "%s" than guess from half of the words', (question) => {
    expect(ask(question).found).toBe(false);
  });

  it('is no answer when the handbook is not there', () => {
    const input = AnswerQuestionInput.parse({ question: 'Where is my parcel?' });
    expect(answerFromPassages(input, { text: () => null })).toBeNull();
  });
});

describe('documents without a model', () => {
  it('are quoted by title, and the handbook is left alone', () => {
    const pool = 'The pool opens at 7:00 on weekdays. On Saturdays and Sundays it opens at 9:00.';
    const context = [{ title: 'Prices', text: 'A ticket costs 5 EUR.' }];
    expect(
      ask('When does the pool open on Sundays?', [...context, { title: 'Pool hours', text: pool }]),
    ).toEqual({ answer: pool, found: true, sources: ['Pool hours'] });
    expect(ask('Where is my parcel?', context).found).toBe(false);
  });

  it('are cited by heading, and by number without heading and title', () => {
    const text = '# Rules\n\n### Dogs in the garden\nDogs must be on a lead.\n\n## Cats\nNo cats.';
    expect(ask('Are dogs allowed in the garden on a lead?', [{ text }])).toEqual({
      answer: 'Dogs must be on a lead.',
      found: true,
      sources: ['Dogs in the garden'],
    });
    expect(ask('Are dogs on a lead?', [{ text: 'Nothing.' }, { text: 'Dogs on a lead.' }])).toEqual(
      { answer: 'Dogs on a lead.', found: true, sources: ['Document 2'] },
    );
  });

  it.each([
    ['How many plants does the change cover?', 'news-paragraph.txt', '11 million plants'],
    ['When did it reach your warehouse in Venlo?', 'complaint-email.txt', '17 August'],
    ['Which item arrived chipped?', 'invoice.txt', 'HW-2155 arrived chipped'],
    ['Who brings figures to the next meeting?', 'meeting-notes.txt', 'Priya brings figures'],
  ])('answer "%s" from %s', (question, name, expected) => {
    const text = fixture(name);
    const { answer, found } = ask(question, [{ text }]);
    expect(found).toBe(true);
    expect(answer).toContain(expected);
    expect(squeeze(text)).toContain(answer);
  });

  it('are quoted from the nearest sentence when the first ones leave no room for it', () => {
    const talk =
      'There is a lot to be said about gardens and all of it was said before by others. ';
    const text = `${talk.repeat(7)}The gate closes at sunset.`;
    expect(ask('When does the gate close?', [{ text }]).answer).toBe('The gate closes at sunset.');
  });

  it('have only the beginning of an endless sentence quoted, with a mark', () => {
    const text = `The gate closes ${'and closes '.repeat(60)}at sunset.`;
    const { answer } = ask('When does the gate close at sunset?', [{ text }]);
    expect(answer).toMatch(/(?:and|closes)…$/);
    expect(text).toContain(answer.slice(0, -1));
    expect(answer.split(' ').length).toBe(80);
  });

  it('may be anything: the answer fits the schema, is a quote and is always the same', () => {
    const text = fc
      .array(
        fc.constantFrom('gate', 'closes', '. ', ' ', '\n', '\n\n', '# ', '関', '\ud800', '😀'),
        {
          minLength: 1,
          maxLength: 40,
        },
      )
      .map((parts) => parts.join(''));
    const anyText = fc.oneof(text, fc.string({ unit: 'binary', minLength: 1 }));
    const question = anyText.filter((each) => each.trim() !== '');
    fc.assert(
      fc.property(question, fc.array(anyText, { minLength: 1, maxLength: 4 }), (asked, texts) => {
        const context = texts.map((each) => ({ text: each }));
        const { answer, found } = ask(asked, context);
        expect(ask(asked, context).answer).toBe(answer);
        const quoted = answer.replace(/…$/, '');
        if (found) expect(texts.some((each) => squeezeLines(each).includes(quoted))).toBe(true);
      }),
    );
  });

  it('may be 25,000 short lines or one endless line', () => {
    const lines = Array.from({ length: 25_000 }, (_, i) => `w${String(i)}`).join('\n');
    for (const text of [
      lines,
      '.'.repeat(199_999),
      `# a${' '.repeat(199_000)}b`,
      '\n'.repeat(9e4),
    ]) {
      expect(ask('What about w77777?', [{ text: text.slice(0, 200_000) }]).found).toBe(false);
    }
  });
});

/** Passages join lines with a space and drop the marks of lists. */
const squeezeLines = (text: string): string => squeeze(text.replace(/^[-*•–>] +/gm, ''));
