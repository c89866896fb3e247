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

  it('has its parties, numbers and dates', () => {
    expect(invoice).toMatchObject({
      invoice_number: 'HP-2026-03187',
      invoice_date: '2026-09-14',
      due_date: '2026-10-14',
      order_number: 'PO-LF-77421',
      supplier: {
        name: 'HARTWELL POTTERY LTD',
        vat_number: 'GB 555 0142 87',
        email: 'accounts@hartwellpottery.example',
      },
      customer_name: 'Larkfield Home & Garden Ltd',
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

  it('has the lines of its table', () => {
    const item = { item_number: 'HW-0310', description: 'Saucer, terracotta, 30 cm' };
    expect(invoice).toHaveProperty('line_items.length', 4);
    expect(invoice).toHaveProperty('line_items.2', {
      ...item,
      quantity: 200,
      unit_price: 1.95,
      amount: 390,
    });
  });
});

describe('an order by e-mail', () => {
  const order = extract('order-email');

  it('is of its sender, not of the addressee', () => {
    expect(order).toMatchObject({
      customer_name: 'Miriam Castellane',
      company: 'Castellane Gardens LLC',
      account_number: 'B-20814',
      quote_number: 'Q-5590',
      customer_reference: 'FM-112',
    });
  });

  it('has items taken apart', () => {
    const [chairs, tables, lanterns] = [
      { product_number: 'LF-40418', name: 'Alder teak folding chairs', quantity: 24 },
      { product_number: 'LF-40422', name: 'Alder teak tables', quantity: 6 },
      { product_number: 'LF-71107', name: 'solar lanterns', quantity: 30 },
    ];
    expect(order).toHaveProperty('items', [
      { ...chairs, unit_price: 61.64, variant: null },
      { ...tables, unit_price: 189, variant: '47 inch' },
      { ...lanterns, unit_price: 17.48, variant: 'warm white' },
    ]);
  });

  it('says where, when and to whom it goes', () => {
    expect(order).toHaveProperty('delivery', {
      address: 'The Fairmount House, service entrance, 218 Lindell Row, Columbus, OH 43299',
      contact_name: 'Dale Whitcomb',
      contact_phone: '(614) 555-0119',
      latest_date: '2026-10-23',
      partial_delivery_allowed: true,
      instructions: expect.stringMatching(/^The loading dock only takes deliveries/) as string,
    });
    expect(order).toHaveProperty('payment_terms', expect.stringMatching(/30-day terms/));
  });
});

describe('notes of a meeting', () => {
  const notes = extract('meeting-notes');

  it('say who was there, and when', () => {
    expect(notes).toMatchObject({
      title: 'Returns working group',
      date: '2026-10-07',
      attendees: ['Aisha Rahman', 'Tom Okafor', 'Lena Vos', 'Joel Pratt', 'Priya Nair'],
      absent: ['Marcus Bell'],
      next_meeting: '2026-10-21',
    });
  });

  it('say what was decided and what was left open', () => {
    expect(notes).toMatchObject({
      decisions: [
        'Agreed to keep four temporary workers until 13 November.',
        'send an extra e-mail at the first warehouse scan.',
        'Tom orders a replacement this week, budget 640 GBP, approved by Aisha.',
      ],
      open_questions: [
        'who informs the carriers about the Christmas extension of the return period?',
      ],
    });
  });

  it('say who does what by when', () => {
    expect(notes).toHaveProperty('action_items', [
      { owner: 'Lena', task: 'tells the agency', due_date: '2026-10-09' },
      { owner: 'Joel', task: 'writes the text', due_date: '2026-10-14' },
      expect.objectContaining({ owner: 'Marcus', due_date: null }),
      expect.objectContaining({ owner: 'Priya' }),
      expect.objectContaining({ owner: 'Tom', due_date: null }),
    ]);
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
