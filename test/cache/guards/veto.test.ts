import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vetoOf } from '../../../src/cache/guards/veto.ts';

const guardOf = (a: string, b: string, rules: 'canonical' | 'similar' = 'similar') =>
  vetoOf(a, b, rules)?.guard ?? null;

describe('guards', () => {
  it.each([
    ['num', 'Can I return it after 30 days?', 'Can I return it after 60 days?'],
    ['num', 'Was I charged twice?', 'Was I charged three times?'],
    ['neg', 'Why can I log in?', 'Why can I not log in?'],
    ['neg', 'Is it not allowed to bring no bag?', 'Is it allowed to bring no bag?'],
    ['sym', 'Is it $5?', 'Is it €5?'],
    ['ord', 'How do I merge develop into main?', 'How do I merge main into develop?'],
    ['ord', 'Is tea better than milk?', 'Is milk better than tea?'],
    ['ant', 'How do I enable alerts?', 'How do I disable alerts?'],
    ['ant', 'Can I cancel before shipping?', 'Can I cancel after shipping?'],
    ['ent', 'Are you open on sunday?', 'Are you open on monday?'],
    ['ent', 'do you ship to canada', 'do you ship to norway'],
    ['ent', 'Is Anna in the office?', 'Is Peter in the office?'],
    ['wh', 'Why was I charged?', 'When was I charged?'],
    ['qt', 'What can I return?', 'Can I return what I bought?'],
    ['aux', 'Is the shop open?', 'Was the shop open?'],
    ['aux', 'Are all items returnable?', 'Are any items returnable?'],
    ['sym', 'Is $5 more than 6?', 'Is 5 more than $6?'],
    ['sym', 'What does {} mean?', 'What does [] mean?'],
    ['ant', 'is my bill paid', 'is my bill unpaid'],
    ['ant', 'are non-smoking rooms free', 'are smoking rooms free'],
    ['ant', 'is a password field useful', 'is a password field useless'],
    ['ant', 'can I pay by card or cash', 'can I pay by card and cash'],
    ['ant', 'what is the earliest date', 'what is the latest date'],
    ['ent', 'how do i pay with revolut', 'how do i pay with visa'],
    ['ent', 'how do i send money to bill', 'how do i send money to rose'],
    ['ent', 'do you ship to the us', 'do you ship to us'],
    ['ent', 'is it 5 euros', 'is it 5 dollars'],
    ['ent', 'is the monthly plan open', 'is the weekly plan open'],
    ['aux', 'can I pay only by card', 'can I pay by card'],
    ['aux', 'do a few cards have fees', 'do few cards have fees'],
    ['aux', 'how do you verify my identity', 'how do I verify my identity'],
    ['ent', 'can i pay with skrill', 'can i pay with skill'],
    ['unknown', 'where is zorbland', 'where is zombie land'],
    ['unknown', 'is there a client for zorblax', 'is there a client'],
  ])('%s objects to %j for %j', (guard, a, b) => {
    expect(guardOf(a, b)).toBe(guard);
    expect(guardOf(b, a)).toBe(guard);
  });

  it.each([
    ['How do I get a refund?', 'how do i get a refund'],
    ['Could you tell me how to change my PIN?', 'How do I change my PIN?'],
    ["I don't know how to change my PIN", 'How do I change my PIN?'],
    ['How do I reset a password?', 'How do I reset the passwords?'],
    ['Are you open on mon?', 'Are you open on monday?'],
    ['Where can I see my bill?', 'Where can I view my bill?'],
    ['How do I reset my pasword?', 'How do I reset my password?'],
  ])('let %j pass for %j', (a, b) => {
    expect(guardOf(a, b)).toBeNull();
  });

  it('say in a sentence what differs', () => {
    expect(vetoOf('Is it 5 kg?', 'Is it 6 kg?', 'canonical')?.why).toContain('5');
  });

  it('of the canonical tier leave names to the key, where they stand', () => {
    expect(guardOf('Is Anna here?', 'Is Peter here?', 'canonical')).toBeNull();
  });

  it('object to either order, and never throw', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(vetoOf(a, b, 'similar') === null).toBe(vetoOf(b, a, 'similar') === null);
        expect(vetoOf(a, a, 'similar')).toBeNull();
      }),
    );
  });

  it('see every change of a number', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        fc.pre(a !== b);
        expect(guardOf(`Is ${String(a)} enough?`, `Is ${String(b)} enough?`, 'canonical')).toBe(
          'num',
        );
      }),
    );
  });
});
