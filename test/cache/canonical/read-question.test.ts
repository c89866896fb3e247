import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuestion } from '../../../src/cache/canonical/read-question.ts';

const key = (text: string): string | null => readQuestion(text).canon;
const kind = (text: string): string => readQuestion(text).kind;

describe('questions that are the same but for form', () => {
  it.each([
    ['How do I change my PIN?', 'how do i change my pin'],
    ['How do I change my PIN?', 'HOW DO I CHANGE MY PIN'],
    ['How do I change my PIN?', 'Hi! Could you please tell me how I can change my PIN? Thanks'],
    ['How do I change my PIN?', "What's the best way to change my PIN?"],
    ['How do I change my PIN?', 'I would like to know how to change my PIN'],
    ['Does the card have any fees', 'Do cards have fees?'],
    ['I can’t log in', 'I cannot log in'],
    ['I dont have it', "I don't have it"],
    ['Where is my pasword?', 'Where is my password?'],
    ['What are your delivary times?', 'What are your delivery times?'],
    ['Can I top-up my card?', 'can i topup my card'],
    ['What colour is the catalogue?', 'What color is the catalog?'],
    ['Is it over 1,500 euros?', 'Is it over 1500 euros?'],
    ['My card has not arrived yet', "My card hasn't arrived"],
    ['Please tell me if you accept cash', 'I wonder if you accept cash'],
    ['Which is the best plan?', 'What is the best plan?'],
    ['Good morning everyone, how can I pay?', 'How do I pay?'],
    ['Help! I lost my card', 'I lost my card'],
    ['The card that I lost', 'the card I lost'],
    ['What are the top-ups?', 'what are the top ups'],
    ['Do headaches pass?', 'Does a headache pass?'],
    ['Do you ship movies?', 'do you ship movie'],
    ['How do I reset my pass\u00ADword?', 'How do I reset my password?'],
    ['Do you ship to the US?', 'do you ship to the us?'],
    ['Is it 5 € or 6 €?', 'is it 5€ or 6€'],
  ])('%j and %j have one key', (a, b) => {
    expect(key(b)).toBe(key(a));
    expect(key(a)).not.toBeNull();
  });
});

describe('questions that are not the same', () => {
  it.each([
    ['Can I pay by card?', 'Should I pay by card?'],
    ['Is it open?', 'Was it open?'],
    ['What is my limit?', 'What is your limit?'],
    ['Does Ann owe Bob?', 'Does Bob owe Ann?'],
    ['How do I use C?', 'How do I use C++?'],
    ['What does plan A cost?', 'What does plan B cost?'],
    ['What is vitamin a?', 'What is vitamin?'],
    ['Is it $5?', 'Is it €5?'],
    ['Is -5 degrees cold?', 'Is 5 degrees cold?'],
    ['Is x<5?', 'Is x>5?'],
    ['Is it 3/4?', 'Is it 3-4?'],
    ['What is 2²?', 'What is 22?'],
    ['Do you ship to the US?', 'Do you ship to us?'],
    ['What is an exchange rate?', 'What is the exchange rate?'],
    ['Can I use any ATM?', 'Can I use the ATM?'],
    ['Is there a logic game?', 'Is logic a game?'],
    ['How do I turn left?', 'How do I turn leave?'],
    ['Are securities safe?', 'Is security safe?'],
    ['How is it processed?', 'How is it process?'],
    ['Is it 1.5 kg?', 'Is it 15 kg?'],
    ['Where is the station?', 'Where is the stations master?'],
    ['What can you do to unblock my PIN?', 'What can I do to unblock my PIN?'],
    ['My transfer has not gone through', 'My transfer has gone through'],
    ['Is $5 more than 6?', 'Is 5 more than $6?'],
    ['Is -5 more than 6?', 'Is 5 more than -6?'],
    ['Is (-5) even?', 'Is (5) even?'],
    ['Is .5 enough?', 'Is 5 enough?'],
    ['Is it a != b?', 'Is it a = b?'],
    ['What is 5! + 1?', 'What is 5 + 1?'],
    ['What does 👍 mean?', 'What does 👎 mean?'],
    ['What does {} mean?', 'What does [] mean?'],
    ['What does ";" mean?', 'What does "," mean?'],
    ['Is it a ≤ b?', 'Is it a ≥ b?'],
    ['What is git push -f?', 'What is git push f?'],
    ['What is .net?', 'What is net?'],
    ['What is foo_bar?', 'What is foo bar?'],
    ['Do you ship to the us?', 'Do you ship to us?'],
    ['Do some cards have fees?', 'Do cards have fees?'],
    ['Do a few cards have fees?', 'Do few cards have fees?'],
    ['Is it exactly 5 kg?', 'Is it 5 kg?'],
    ['Team plan price', 'Plan price'],
    ['Everyone can see my posts', 'Can see my posts'],
    ['Help center number', 'Center number'],
    ['How do you verify my identity?', 'How do I verify my identity?'],
    ['Can I cancel that order?', 'Can I cancel an order?'],
    ['Let me know when my order ships', 'When does my order ship?'],
    ['Are your goods good?', 'Is your good good?'],
    ['Do I have rights?', 'Do I have right?'],
    ['मेरा कार्ड कहाँ है', 'मेरा कार्ड कहा है'],
  ])('%j and %j have two keys', (a, b) => {
    expect(key(a)).not.toBe(key(b));
  });

  it('keep their words in order', () => {
    expect(key('Is a cat a dog')).not.toBe(key('Is a dog a cat'));
  });

  it('"can you show my balance" keeps its verb', () => {
    expect(key('can you show my balance')).toContain('show');
  });
});

describe('a question that says nothing', () => {
  it.each(['', '   ', '?!', 'the', '…'])('%j has no key', (text) => {
    expect(key(text)).toBeNull();
  });
});

describe('the kind of a question', () => {
  it.each([
    ['How do I change my PIN?', 'plain'],
    ['My card was swallowed. How do I get it back?', 'plain'],
    ['Is it possible to pay later?', 'plain'],
    ['I lost the card that I ordered', 'plain'],
    ['Can I send this back?', 'pointing'],
    ['What does it mean?', 'pointing'],
    ['Summarize the text above', 'pointing'],
    ['What about those?', 'pointing'],
    ['Where is my order?', 'time_bound'],
    ['Are you open today?', 'time_bound'],
    ['What is the latest version?', 'time_bound'],
    ['What is the current exchange rate?', 'time_bound'],
    ['What are the exchange rates?', 'time_bound'],
    ['What is an exchange rate?', 'plain'],
    ['What does a current account cost?', 'plain'],
    ['What is my balance?', 'time_bound'],
    ['Has my payment gone through?', 'time_bound'],
    ['Why has my payment failed?', 'plain'],
    ['Track my order', 'time_bound'],
    ['How do I track my order?', 'plain'],
    ['What changed recently?', 'time_bound'],
    ['I recently moved, how do I change my address?', 'plain'],
    ['What time is it in Rome?', 'time_bound'],
    ['Can I cancel that order?', 'pointing'],
    ['Is that possible?', 'pointing'],
    ['How long does it take?', 'pointing'],
    ['How long does it take to get a card?', 'plain'],
    ['How do I get there?', 'pointing'],
    ['Hi there, how do I pay?', 'plain'],
    ['Is there a fee below the limit?', 'plain'],
    ['Where can I get one?', 'pointing'],
    ['What about refunds?', 'pointing'],
    ['What else can I do?', 'pointing'],
    ['Is there an ATM near me?', 'pointing'],
    ['Why?', 'pointing'],
    ['Tell me more', 'pointing'],
    ['Who are you?', 'plain'],
    [`Why? ${'x '.repeat(1_200)}`, 'long'],
  ])('of %j is %s', (text, expected) => {
    expect(kind(text)).toBe(expected);
  });
});

describe('any text at all', () => {
  it('has a key or none, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const { canon } = readQuestion(text);
        expect(canon).not.toBe('');
      }),
    );
  });

  it.each(['x', '-', '$1 ', '1,', "'", 'explain the a '])(
    '%j, repeated, does not go back and forth for ever',
    (piece) => {
      expect(readQuestion(piece.repeat(2_000 / piece.length)).canon).not.toBe('');
    },
  );

  it('of which a name in capitals is no misspelt word', () => {
    expect(key('Can I pay with Pasword?')).not.toBe(key('Can I pay with password?'));
    expect(key('Can I pay with pasword?')).toBe(key('Can I pay with password?'));
  });

  it('of which a brand is no misspelt word', () => {
    expect(key('can i pay with skrill')).not.toBe(key('can i pay with skill'));
  });

  it('has the same key each time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        expect(readQuestion(text)).toEqual(readQuestion(text));
      }),
    );
  });

  const word = fc.constantFrom(
    ...'refund order card delivery constructor __proto__ password toString address invoice'.split(
      ' ',
    ),
  );
  const asked = fc
    .array(word, { minLength: 1, maxLength: 5 })
    .map((words) => `where is ${words.join(' ')}`);

  it('does not change its key with case, punctuation and politeness', () => {
    fc.assert(
      fc.property(asked, (text) => {
        const expected = key(text);
        expect(key(`${text}???`)).toBe(expected);
        expect(key(`Hello, ${text} please!`)).toBe(expected);
        expect(key(`  ${text}\n`)).toBe(expected);
      }),
    );
  });
});
