import { describe, expect, it } from 'vitest';
import { BOOLEAN, DATE, INTEGER, NUMBER, STRING } from '../support.ts';
import { fill, fixture, listOf, nullable, objectOf, say } from '../support.ts';

function read(text: string, properties: Record<string, object>) {
  return fill(`<text>\n${text}\n</text>`, objectOf(properties));
}

describe('data out of a text', () => {
  it('is what its lines name', () => {
    const data = read(fixture('invoice.txt'), {
      invoice_number: STRING,
      invoice_date: DATE,
      due_date: nullable(DATE),
      currency: { type: 'string', enum: ['USD', 'EUR', 'GBP'] },
      subtotal: NUMBER,
      vat_rate: NUMBER,
      total: NUMBER,
      po_number: nullable(STRING),
      paid: nullable(BOOLEAN),
    });
    expect(data).toEqual({
      invoice_number: 'ND-2026-0417',
      invoice_date: '2026-11-03',
      due_date: '2026-11-17',
      currency: 'EUR',
      subtotal: 1522,
      vat_rate: 19,
      total: 1811.18,
      po_number: null,
      paid: null,
    });
  });

  it.each(['Invoice no. 2026-0457', 'Invoice number 2026-0457', 'Invoice # 2026-0457'])(
    'is the number that a line names without a colon: %s',
    (line) => {
      const data = read(`Northwind\n${line}\nTotal: 12.30 EUR`, { invoice_number: STRING });
      expect(data).toEqual({ invoice_number: '2026-0457' });
    },
  );

  it('is what stands in its sentences, where no line names it', () => {
    const data = read(
      'Our fee was 12.30 EUR. Please pay by 17 April 2026 at the latest, and write to a.roe@example.org about the 3 crates.',
      {
        fee: NUMBER,
        payment_deadline: DATE,
        email: { type: 'string', format: 'email' },
        crates: INTEGER,
        currency: STRING,
      },
    );
    expect(data).toMatchObject({
      fee: 12.3,
      payment_deadline: '2026-04-17',
      email: 'a.roe@example.org',
      currency: 'EUR',
    });
  });

  it.each([
    ['Date: 03/04/2026\nTotal: $9.00', '2026-03-04'],
    ['Date: 03/04/2026\nTotal: £9.00', '2026-04-03'],
    ['Date: 03/04/2026\nPaid: 17/04/2026', '2026-04-03'],
    ['Date: 3 April, year 2026', '2026-04-03'],
    ['Date: April 3rd, 2026', '2026-04-03'],
    ['Date: 03.04.2026', '2026-04-03'],
  ])('has a date as it is meant: %j', (text, date) => {
    expect(read(text, { date: DATE })).toEqual({ date });
  });

  it.each([
    ['Total: 1.249,50 EUR', 1249.5],
    ['Total: $1,249.50', 1249.5],
    ['Total due   318.50 EUR', 318.5],
    ['Subtotal: 10.00 EUR\nTotal: 12.30 EUR', 12.3],
    ['Desk 10.00 EUR, lamp 2.30 EUR, in all 12.30 EUR', 12.3],
  ])('has the sum as a number: %j', (text, total) => {
    expect(read(text, { total: NUMBER })).toEqual({ total });
  });

  it('is a list where a line or bullets say so', () => {
    const text =
      'Participants: Noor Hadley, Milo Danforth and Greta Lindqvist\n\nRequirements:\n- good English\n- three years in payroll\n\nBye.';
    const asked = { participants: listOf(STRING), requirements: listOf(STRING) };
    expect(read(text, asked)).toEqual({
      participants: ['Noor Hadley', 'Milo Danforth', 'Greta Lindqvist'],
      requirements: ['good English', 'three years in payroll'],
    });
  });

  it('says yes and no', () => {
    const text = 'Injured: no\nRemote: yes, up to three days\nI want a refund.';
    const asked = { injured: BOOLEAN, remote: BOOLEAN, refund_requested: BOOLEAN };
    const said = { injured: false, remote: true, refund_requested: true };
    expect(read(text, asked)).toEqual(said);
  });

  it('leaves out what is optional and not there, and fills what is required with nothing', () => {
    const properties = { name: STRING, iban: STRING, items: listOf(objectOf({ price: NUMBER })) };
    const schema = { type: 'object', properties, required: ['name', 'items'] };
    const text = '<text>Name: Anna Kowalska</text>';
    expect(fill(text, schema)).toEqual({ name: 'Anna Kowalska', items: [] });
  });

  it('is the same every time', () => {
    const asked = { total: NUMBER, vendor: STRING, due_date: DATE };
    expect(read(fixture('invoice.txt'), asked)).toEqual(read(fixture('invoice.txt'), asked));
  });
});

it('without a schema, everything that has a name is told', () => {
  const system = 'Extract the dates and amounts as a list of facts.';
  const text = say('Total: 12.30 EUR\nWrite to a@example.org', system);
  expect(text).toContain('- Total: 12.30 EUR');
  expect(text).toContain('- E-mail addresses: a@example.org');
});
