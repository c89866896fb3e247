import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClassifyTextInput, ClassifyTextOutput } from '../../../schemas/tools/classify-text.ts';
import { classifyByWords } from '../../../tools/fallback/classify-by-words.ts';

interface Label {
  name: string;
  description?: string;
}

const fixture = (name: string): string => readFileSync(`test/fixtures/${name}`, 'utf8');
const support = JSON.parse(fixture('support-labels.json')) as Label[];

const run = (text: string, labels: readonly Label[] = support) =>
  classifyByWords(ClassifyTextInput.parse({ text, labels }), { text: () => null });
const classify = (text: string, labels?: readonly Label[]) =>
  ClassifyTextOutput.parse(run(text, labels));

describe('a label without a model', () => {
  it.each([
    ['I cannot sign in, the password reset link does not work', 'account_privacy'],
    ['Please cancel my subscription box from next month', 'subscription'],
    ['The shears I bought last year broke, is there a warranty?', 'product_warranty'],
    ['My card was declined twice at the checkout', 'payment'],
    ['We would like a quote for 200 chairs for our hotel', 'business'],
    ['I sent the shoes back three weeks ago, where is my refund?', 'return_refund'],
    ['There was one lamp missing from my order', 'order'],
    ['Can I pick it up at the shop in York instead of home delivery?', 'delivery'],
    ['Is the promo code WELCOME10 still valid?', 'payment'],
    ['The fern I planted is dead', 'product_warranty'],
    ['Our charity is exempt from tax, how do we order?', 'business'],
  ])('for "%s" is %s', (text, label) => {
    expect(classify(text).label).toBe(label);
  });

  it.each([
    ['complaint-email.txt', 'return_refund'],
    ['order-email.txt', 'business'],
    ['invoice.txt', 'payment'],
  ])('for %s is %s', (name, label) => {
    expect(classify(fixture(name)).label).toBe(label);
  });

  it('names the words that decided and is never surer than even', () => {
    expect(classify('My card was declined')).toEqual({
      label: 'payment',
      confidence: 0.37,
      reason: 'No model is available; chosen by words alone: the text has "declined", "card".',
    });
  });

  it('is surer with more words and a greater lead', () => {
    const one = classify('the warranty').confidence;
    const three = classify('the warranty of this faulty spare product').confidence;
    const torn = classify('the warranty of my subscription').confidence;
    expect(three).toBeGreaterThan(one);
    expect(torn).toBeLessThan(one);
  });

  it('says so when another label fits as well', () => {
    const labels = [{ name: 'cats' }, { name: 'dogs' }];
    expect(classify('A cat and a dog', labels)).toEqual({
      label: 'cats',
      confidence: 0.1,
      reason:
        'No model is available; chosen by words alone: the text has "cat", and "dogs" fits as well.',
    });
  });

  it('reads names of labels as people write them, and not what a description rules out', () => {
    const labels = [
      { name: 'lateParcel', description: 'Deliveries, but not returns of goods' },
      { name: 'send_back', description: 'Anything else' },
    ];
    expect(classify('two parcels', labels).label).toBe('lateParcel');
    expect(run('the returns', labels)).toBeNull();
  });

  it('is the one for the rest when no word is shared, or none', () => {
    const labels = [{ name: 'billing' }, { name: 'Other' }];
    expect(classify('¿Dónde está?', labels)).toEqual({
      label: 'Other',
      confidence: 0.1,
      reason: 'No model is available, and the text shares no word with any label.',
    });
    expect(run('¿Dónde está?', [{ name: 'billing' }, { name: 'shipping' }])).toBeNull();
  });

  it('of anything is one of the labels, at most half sure, and always the same', () => {
    const word = fc.oneof(
      fc.constantFrom('card', 'cards', 'parcel', 'other', 'constructor', '返品', '\ud800'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    );
    const text = fc
      .array(word, { minLength: 1, maxLength: 20 })
      .map((words) => words.join(' '))
      .filter((each) => each.trim() !== '');
    const name = text.map((each) => each.trim().slice(0, 90)).filter((each) => each.trim() !== '');
    const label = fc.record({ name, description: text.map((each) => each.slice(0, 500)) });
    const labels = fc.uniqueArray(label, {
      minLength: 2,
      maxLength: 8,
      selector: (each) => each.name.trim(),
    });
    fc.assert(
      fc.property(text, labels, (source, choices) => {
        const output = run(source, choices);
        expect(run(source, choices)).toEqual(output);
        if (!output) return;
        const { label: chosen, confidence } = ClassifyTextOutput.parse(output);
        expect(choices.map((each) => each.name.trim())).toContain(chosen);
        expect(confidence).toBeGreaterThanOrEqual(0.1);
        expect(confidence).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it('of the longest text and a hundred labels is fine', () => {
    const text = Array.from({ length: 8_000 }, (_, i) => `w${String(i)}`).join('\n');
    const labels = Array.from({ length: 100 }, (_, i) => ({ name: `w${String(i * 70)}` }));
    expect(classify(text.slice(0, 50_000), labels).label).toBe('w0');
  });
});
