import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NUMBER, STRING, fill, objectOf } from '../support.ts';

function shared(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The data that the gateway's own extract tool would be given. */
function extract(name: string): unknown {
  const data = JSON.parse(shared(`test/fixtures/${name}.schema.json`)) as object;
  const text = escape(shared(`test/fixtures/${name}.txt`));
  return fill(`<text>\n${text}\n</text>`, objectOf({ data }))['data'];
}

describe('a supplier invoice', () => {
  const invoice = extract('invoice');

  it('has its numbers and dates', () => {
    expect(invoice).toMatchObject({
      invoice_number: 'HP-2026-03187',
      invoice_date: '2026-09-14',
      due_date: '2026-10-14',
      order_number: 'PO-LF-77421',
      supplier: { email: 'accounts@hartwellpottery.example' },
    });
  });

  it('has the sums of its foot, not the percents, days and phone numbers around them', () => {
    expect(invoice).toMatchObject({
      currency: 'GBP',
      subtotal: 2478,
      discount: 122.1,
      delivery: 85,
      tax_rate: 20,
      tax_amount: 488.18,
      total: 2929.08,
    });
  });
});

describe('a complaint about a refund', () => {
  it('is about the return, however often it speaks of cards and money', () => {
    const labels = JSON.parse(shared('test/fixtures/support-labels.json')) as {
      name: string;
      description: string;
    }[];
    const offered = labels.map(
      ({ name, description }) => `<label name="${name}">${escape(description)}</label>`,
    );
    const text = escape(shared('test/fixtures/complaint-email.txt'));
    const user = `<labels>\n${offered.join('\n')}\n</labels>\n<text>\n${text}\n</text>`;
    const verdict = fill(user, objectOf({ label: STRING, confidence: NUMBER, reason: STRING }));
    expect(verdict['label']).toBe('return_refund');
    expect(verdict['reason']).toMatch(/refund|return|back/);
  });
});

describe('the handbook of the house', () => {
  const handbook = `<handbook>\n${shared('prompts/_shared/handbook.md')}\n</handbook>`;
  const source = (question: string): unknown =>
    fill(
      `<question>${question}</question>`,
      objectOf({ answer: STRING, sources: { type: 'array', items: STRING } }),
      handbook,
    )['sources'];

  it.each([
    ['Can I pay with PayPal?', 'Which payment methods do you accept?'],
    ['How do I pause my box?', 'How do I pause my subscription box?'],
    ['How do I get a copy of my invoice?', 'Where can I get an invoice with VAT?'],
    ['My plant died', 'What if my plant dies after I planted it?'],
    [
      'What happens if my parcel is lost?',
      'My tracking has not moved for days. Is my parcel lost?',
    ],
    [
      'Can I change my delivery address?',
      'Can I change the delivery address after I have ordered?',
    ],
  ])('%s finds “%s”', (question, heading) => {
    expect(source(question)).toEqual([heading]);
  });

  it('is asked whether invoices can be paid: about payments or invoices, not about cards', () => {
    expect([
      ['Which payment methods do you accept?'],
      ['How do I open a business account?'],
      ['Where can I get an invoice with VAT?'],
    ]).toContainEqual(source('Can I pay by invoice?'));
  });
});
