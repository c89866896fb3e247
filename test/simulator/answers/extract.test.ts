import { describe, expect, it } from 'vitest';
import { BOOLEAN, DATE, INTEGER, NUMBER, STRING } from '../support.ts';
import { fill, fixture, listOf, nullable, objectOf } from '../support.ts';

function extract(name: string, properties: Record<string, object>) {
  return fill(`<text>\n${fixture(name)}\n</text>`, objectOf(properties));
}

describe('data out of a text', () => {
  it('reads an invoice', () => {
    const currency = { type: 'string', enum: ['USD', 'EUR', 'GBP'] };
    const line = objectOf({
      description: STRING,
      quantity: INTEGER,
      unit_price: NUMBER,
      amount: NUMBER,
    });
    const data = extract('invoice.txt', {
      invoice_number: STRING,
      vendor: STRING,
      customer_name: STRING,
      billing_address: nullable(STRING),
      invoice_date: DATE,
      due_date: nullable(DATE),
      currency,
      subtotal: NUMBER,
      tax: nullable(NUMBER),
      vat_rate: NUMBER,
      total: NUMBER,
      iban: nullable(STRING),
      po_number: nullable(STRING),
      paid: nullable(BOOLEAN),
      line_items: listOf(line),
    });
    expect(data).toEqual({
      invoice_number: 'ND-2026-0417',
      vendor: 'Nordlicht Design GmbH',
      customer_name: 'Maria Castellano',
      billing_address: 'Via Roma 8, 20121 Milano',
      invoice_date: '2026-11-03',
      due_date: '2026-11-17',
      currency: 'EUR',
      subtotal: 1522,
      tax: 289.18,
      vat_rate: 19,
      total: 1811.18,
      iban: 'DE89 3704 0044 0532 0130 00',
      po_number: null,
      paid: null,
      line_items: [
        { description: 'Logo redesign', quantity: 1, unit_price: 1200, amount: 1200 },
        { description: 'Business cards (box)', quantity: 4, unit_price: 35.5, amount: 142 },
        { description: 'Website banner', quantity: 2, unit_price: 90, amount: 180 },
      ],
    });
  });

  it('reads an order confirmation', () => {
    const data = extract('order.txt', {
      order_number: STRING,
      customer: STRING,
      order_date: DATE,
      delivery_date: nullable(DATE),
      carrier: nullable(STRING),
      total: NUMBER,
      shipping_cost: NUMBER,
      tracking_url: nullable(STRING),
      shipping_address: nullable(STRING),
      phone: nullable(STRING),
      items: listOf(objectOf({ name: STRING, quantity: INTEGER, price: NUMBER })),
    });
    expect(data).toEqual({
      order_number: 'A-20815',
      customer: 'Tom Becker',
      order_date: '2026-11-12',
      delivery_date: '2026-11-18',
      carrier: 'DHL',
      total: 98.15,
      shipping_cost: 4.9,
      tracking_url: 'https://track.example/A20815',
      shipping_address: '44 Elm Street, Portland, OR 97201',
      phone: '+1 503 555 0142',
      items: [
        { name: 'Blue ceramic mug', quantity: 2, price: 12.5 },
        { name: 'Linen tablecloth', quantity: 1, price: 48 },
        { name: 'Beeswax candle', quantity: 3, price: 6.75 },
      ],
    });
  });

  it('reads a curriculum vitae', () => {
    const job = objectOf({ title: STRING, company: STRING, end_year: nullable(INTEGER) });
    const data = extract('cv.txt', {
      name: STRING,
      email: { type: 'string', format: 'email' },
      phone: STRING,
      title: STRING,
      location: nullable(STRING),
      skills: listOf(STRING),
      languages: listOf(STRING),
      experience: listOf(job),
    });
    expect(data).toEqual({
      name: 'Anna Kowalska',
      email: 'anna.kowalska@example.com',
      phone: '+49 151 2345678',
      title: 'Senior Software Engineer',
      location: 'Berlin, Germany',
      skills: ['TypeScript', 'PostgreSQL', 'Kubernetes', 'Go'],
      languages: ['Polish', 'English', 'German'],
      experience: [
        { title: 'Senior Engineer', company: 'Ferrywave', end_year: null },
        { title: 'Software Engineer', company: 'Kantor Labs', end_year: 2021 },
      ],
    });
  });

  it('reads the notes of a meeting', () => {
    const action = objectOf({ owner: STRING, task: STRING, due_date: nullable(DATE) });
    const data = extract('meeting.md', {
      title: STRING,
      date: DATE,
      attendees: listOf(STRING),
      decisions: listOf(STRING),
      action_items: listOf(action),
    });
    expect(data).toMatchObject({
      title: 'Weekly product meeting',
      date: '2026-11-16',
      attendees: ['Priya Nair', 'Jonas Weber', 'Lucía Ortega'],
      action_items: [
        { owner: 'Priya', task: 'prepare the release notes', due_date: '2026-11-20' },
        { owner: 'Jonas', task: 'fix the refund webhook', due_date: '2026-11-23' },
        { owner: 'Lucía', task: 'interview five beta users', due_date: null },
      ],
    });
    expect(data['decisions']).toHaveLength(2);
  });

  it('reads a letter of complaint', () => {
    const data = extract('complaint.txt', {
      sender_name: STRING,
      email: STRING,
      phone: STRING,
      account_number: STRING,
      amount: NUMBER,
      date: DATE,
      category: { type: 'string', enum: ['shipping', 'technical', 'billing', 'other'] },
      sentiment: { type: 'string', enum: ['positive', 'neutral', 'negative'] },
      refund_requested: BOOLEAN,
    });
    expect(data).toEqual({
      sender_name: 'Michel Delacroix',
      email: 'm.delacroix@example.org',
      phone: '+33 6 12 34 56 78',
      account_number: '883-1204',
      amount: 29.99,
      date: '2026-10-02',
      category: 'billing',
      sentiment: 'negative',
      refund_requested: true,
    });
  });

  it('leaves out what is optional and not there', () => {
    const schema = {
      type: 'object',
      properties: { name: STRING, iban: STRING },
      required: ['name'],
    };
    expect(fill(`<text>${fixture('cv.txt')}</text>`, schema)).toEqual({ name: 'Anna Kowalska' });
  });

  it('reads a table with pipes and numbers of the continent', () => {
    const text =
      '| Item | Qty | Price |\n|---|---|---|\n| Desk | 2 | 1.249,00 € |\n| Lamp | 1 | 39,90 € |\n| Total | | 2.537,90 € |';
    const items = listOf(objectOf({ name: STRING, quantity: INTEGER, price: NUMBER }));
    expect(
      fill(`<text>${text}</text>`, objectOf({ items, total: NUMBER, currency: STRING })),
    ).toEqual({
      items: [
        { name: 'Desk', quantity: 2, price: 1249 },
        { name: 'Lamp', quantity: 1, price: 39.9 },
      ],
      total: 2537.9,
      currency: 'EUR',
    });
  });
});
