import { describe, expect, it } from 'vitest';
import { BOOLEAN, NUMBER, STRING, fill, fixture, listOf, objectOf, say } from '../support.ts';

const SCHEMA = objectOf({
  answer: STRING,
  found: BOOLEAN,
  sources: listOf(STRING),
  confidence: NUMBER,
});
const HANDBOOK = `Answer from the handbook.\n<handbook>\n${fixture('handbook.md')}\n</handbook>`;

function ask(question: string, system = HANDBOOK) {
  return fill(`<question>\n${question}\n</question>`, SCHEMA, system);
}

describe('a question about a handbook', () => {
  it.each([
    'How do I get my money back?',
    "What's your return policy?",
    'How do I get a refund?',
    'Can I send this back?',
  ])('%s is answered by the refund entry, word for word', (question) => {
    const { answer, found, sources } = ask(question);
    expect(found).toBe(true);
    expect(sources).toEqual(['What is your refund policy?']);
    expect(answer).toContain('You can send any item back within 30 days of delivery');
    expect(fixture('handbook.md')).toContain(answer);
  });

  it.each([
    ['Where is my package?', 'How can I track my order?'],
    ['How fast will my stuff arrive?', 'How long does delivery take?'],
    ['Do you deliver to Switzerland?', 'Do you ship abroad?'],
    ['the thing I got is broken', 'My parcel arrived damaged. What should I do?'],
    ["I can't log in", 'I forgot my password. How do I log in?'],
    ['erase my data', 'How do I delete my account?'],
    ['Can I pay with PayPal?', 'Which payment methods do you accept?'],
    ['cancel newsletter', 'How do I unsubscribe from the newsletter?'],
    ['What is your phone number?', 'How can I talk to a human?'],
    ['Is there a coupon for students?', 'Do you offer a student discount?'],
  ])('%s finds “%s”', (question, heading) => {
    expect(ask(question)['sources']).toEqual([heading]);
  });

  it.each([
    'What is the capital of Mongolia?',
    'Who won the world cup?',
    'How do I bake a cake?',
    "What is your CEO's name?",
    'Tell me a joke',
  ])('%s is not answered by it, and the answer says so', (question) => {
    const { answer, found, sources } = ask(question);
    expect({ found, sources }).toEqual({ found: false, sources: [] });
    expect(answer).toMatch(/does not answer/);
  });
});

describe('a question about documents', () => {
  const DOCUMENTS = `<documents>
<document index="1" title="Leave policy">
Every employee has 28 days of paid leave a year. Unused days can be carried over until March.

Parental leave is granted for up to 14 months. Please tell your manager seven weeks in advance.
</document>
<document index="2" title="Travel policy">
Trains are preferred over flights. First class is reimbursed only for journeys over six hours.

Hotels are booked through the travel desk. The limit is 140 EUR a night; note that &lt;spa> is not paid.
</document>
</documents>`;

  it('is answered with sentences of the right one', () => {
    expect(ask('How many vacation days do I get?', DOCUMENTS)).toMatchObject({
      found: true,
      sources: ['Leave policy'],
      answer: expect.stringContaining('Every employee has 28 days of paid leave a year.') as string,
    });
  });

  it('reads escaped text as it was meant', () => {
    const { answer } = ask('What is the hotel limit a night?', DOCUMENTS);
    expect(answer).toBe('The limit is 140 EUR a night; note that <spa> is not paid.');
  });

  it('cites title and quote when sources are objects', () => {
    const cited = objectOf({
      answer: STRING,
      sources: listOf(objectOf({ title: STRING, quote: STRING })),
    });
    const filled = fill('<question>Can I fly first class?</question>', cited, DOCUMENTS);
    expect(filled['sources']).toEqual([
      {
        title: 'Travel policy',
        quote: 'First class is reimbursed only for journeys over six hours.',
      },
    ]);
  });
});

describe('a free prompt', () => {
  it('is answered from its own text', () => {
    expect(say(`${fixture('invoice.txt')}\n\nWhat is the due date?`)).toBe(
      'Due date: 17 November 2026',
    );
  });

  it('admits that it has nothing to answer from', () => {
    expect(say('What is the meaning of life?')).toMatch(/no text here/);
  });
});
