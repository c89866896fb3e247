import { describe, expect, it } from 'vitest';
import { NUMBER, STRING, fill, fixture, objectOf, say } from '../support.ts';

const ARTICLE = fixture('article.txt');

function words(text: string): number {
  return text.split(/\s+/).length;
}

describe('a summary', () => {
  const summary = objectOf({ summary: STRING });
  const of = (text: string, style: string, maxWords: number): string => {
    const user = `<style>${style}</style><max_words>${String(maxWords)}</max_words><text>${text}</text>`;
    return String(fill(user, summary)['summary']);
  };

  it('quotes central sentences in their order, within the words allowed', () => {
    const text = of(ARTICLE, 'paragraph', 60);
    expect(words(text)).toBeLessThanOrEqual(60);
    expect(text).toMatch(/^The city council of Brightwater voted/);
    const places = text.split(/(?<=\.) /).map((sentence) => ARTICLE.indexOf(sentence));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it.each([3, 8, 15])('never has more than %i words if that is all it may have', (most) => {
    expect(words(of(ARTICLE, 'paragraph', most))).toBeLessThanOrEqual(most);
  });

  it('is a list when bullets are wanted', () => {
    const lines = of(ARTICLE, 'bullets', 80).split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.every((line) => line.startsWith('- '))).toBe(true);
  });

  it('is one short line without a full stop when a headline is wanted', () => {
    const headline = of(ARTICLE, 'headline', 60);
    expect(headline).toBe(
      'City council of Brightwater voted to close the old harbour road to cars',
    );
  });

  it('of 200,000 characters comes to an end: no square is taken of its length', () => {
    const long = Array.from({ length: 130 }, () => ARTICLE)
      .join('\n')
      .slice(0, 200_000);
    expect(of(long, 'paragraph', 60)).not.toBe('');
  });
});

describe('a classification', () => {
  const verdict = objectOf({ label: STRING, confidence: NUMBER, reason: STRING });
  const LABELS = `<labels>
<label name="billing">Charges, invoices, refunds</label>
<label name="technical">The product does not work</label>
<label name="shipping">Parcels and delivery</label>
<label name="other">Anything else</label>
</labels>`;

  it.each([
    ['I was charged twice for my subscription', 'billing', 'charged'],
    ['The app crashes whenever I open the settings page', 'technical', 'crashes'],
    ['My parcel still has not arrived', 'shipping', 'parcel'],
    ['Nice weather today', 'other', ''],
  ])('%s is %s', (text, label, because) => {
    const found = fill(`${LABELS}\n<text>${text}</text>`, verdict);
    expect(found['label']).toBe(label);
    expect(found['reason']).toContain(because);
    expect(found['confidence']).toBeGreaterThanOrEqual(0);
    expect(found['confidence']).toBeLessThanOrEqual(1);
  });

  it.each([
    ['I am not happy with this phone, it stopped working', 'negative'],
    ['Absolutely love it, best purchase ever!', 'positive'],
    ['It arrived on Tuesday.', 'neutral'],
  ])('%s is %s by an enum alone', (text, sentiment) => {
    const schema = objectOf({
      confidence: NUMBER,
      sentiment: { type: 'string', enum: ['positive', 'neutral', 'negative'] },
    });
    expect(fill(`<text>${text}</text>`, schema)['sentiment']).toBe(sentiment);
  });

  it('reads the labels out of a plain order', () => {
    const order = 'Classify the sentiment of this review as positive or negative:';
    expect(say(`${order}\n\nThe food was cold and the waiter was rude.`)).toBe('negative');
  });
});

describe('a rewrite', () => {
  const rewrite = (text: string, instruction: string, tone = 'neutral'): string => {
    const user = `<instruction>${instruction}</instruction><tone>${tone}</tone><text>${text}</text>`;
    return String(fill(user, objectOf({ text: STRING }))['text']);
  };

  it('makes it formal', () => {
    const text =
      "hey guys,  i can't make it tmrw cuz the kids are sick .. gonna call u later, thanks!!";
    expect(rewrite(text, 'Make it formal', 'formal')).toBe(
      'Hello colleagues, I cannot make it tomorrow because the children are sick. Going to call you later, thank you.',
    );
  });

  it('makes it friendly', () => {
    const text = 'We regret to inform you that we cannot come. Do not hesitate to inquire.';
    expect(rewrite(text, 'sound nicer', 'friendly')).toBe(
      "Hi! We're sorry, but we can't come. Feel free to ask.",
    );
  });

  it('makes it shorter', () => {
    const text =
      'I just wanted to let you know that I think we should basically meet on Friday, because (as you know) Monday is really full.';
    expect(rewrite(text, 'Shorten this', 'concise')).toBe(
      'We should meet on Friday, because Monday is full.',
    );
  });

  it('makes it a list, or loud', () => {
    expect(rewrite('First we saw. Then we paint.', 'as bullet points')).toBe(
      '- First we saw.\n- Then we paint.',
    );
    expect(say('Make this uppercase: hello world')).toBe('HELLO WORLD');
  });

  it('never repeats the instruction', () => {
    const text = rewrite('The cat sleeps.', 'Translate this to Klingon');
    expect(text).toBe('The cat sleeps.');
  });
});
