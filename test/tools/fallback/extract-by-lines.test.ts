import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExtractDataInput, ExtractDataOutput } from '../../../schemas/tools/extract-data.ts';
import type { JsonSchema } from '../../../src/core/tool/json-schema.ts';
import { buildSchemaChecks } from '../../../src/core/tool/schema-check.ts';
import { extractData } from '../../../tools/extract-data.ts';
import { extractByLines } from '../../../tools/fallback/extract-by-lines.ts';
import { runs } from '../../support/depth.ts';

const fixture = (name: string): string => readFileSync(`test/fixtures/${name}`, 'utf8');
const schemaOf = (name: string) => JSON.parse(fixture(name)) as JsonSchema;
const checks = buildSchemaChecks();

/** What is read, after both schemas have been asked; null when nothing is. */
function extract(text: string, schema: JsonSchema): Record<string, unknown> | null {
  const output = extractByLines(ExtractDataInput.parse({ text, schema }), { text: () => null });
  if (!output) return null;
  const { data } = ExtractDataOutput.parse(output);
  expect(checks.compile(schema)(data)).toEqual([]);
  return data;
}

const objectOf = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const string = { type: 'string' };

describe('data without a model', () => {
  it('is read from the example of the tool, but for the customer, whom no label names', () => {
    const { text, schema } = extractData.examples[0].input as { text: string; schema: JsonSchema };
    expect(extract(text, schema)).toEqual({
      invoice_number: 'R-2041',
      date: '2026-03-14',
      total: 318.5,
      currency: 'EUR',
    });
  });

  it('of an invoice is its plain lines', () => {
    const { properties } = schemaOf('invoice.schema.json');
    expect(extract(fixture('invoice.txt'), objectOf(properties as never))).toEqual({
      invoice_number: 'HP-2026-03187',
      invoice_date: '2026-09-14',
      due_date: '2026-10-14',
      order_number: 'PO-LF-77421',
      currency: 'GBP',
      subtotal: 2478,
    });
  });

  it.each(['invoice', 'order-email', 'meeting-notes'])(
    'is none for %s when lists and objects must be there',
    (name) => {
      expect(extract(fixture(`${name}.txt`), schemaOf(`${name}.schema.json`))).toBeNull();
    },
  );

  it('of a mail is its head', () => {
    const date = { type: 'string', format: 'date' };
    const schema = objectOf({ from: string, to: string, date, subject: string });
    expect(extract(fixture('complaint-email.txt'), schema)).toEqual({
      from: 'Peter Lindqvist <p.lindqvist@mailbox.example>',
      to: 'help@larkfield.example',
      date: '2026-09-17',
      subject: 'Third e-mail about order LF-3308126, still no refund',
    });
  });

  it.each<[string, JsonSchema, string, unknown]>([
    ['orderNumber', string, 'Your order: A-7 of 3 May', 'A-7'],
    ['total', { type: 'number', description: 'Amount due' }, 'Total due (EUR)      5.00', 5],
    ['total', { type: 'number' }, '**Total:** 5 EUR', 5],
    ['total', { type: 'integer', minimum: 1 }, '- Total: 5', 5],
    ['paid', { type: 'boolean' }, 'Paid: yes', true],
    ['status', { enum: ['Open', 'Closed'] }, 'Status: closed', 'Closed'],
    ['email', string, 'Write to a@b.example for more', 'a@b.example'],
    ['customer_name', string, 'Customer: Amber Holt', 'Amber Holt'],
    ['city', { type: ['string', 'null'] }, 'City: York    Zip: 5', 'York'],
    ['city', { anyOf: [string, { type: 'null' }] }, 'City:   York', 'York'],
  ])('reads %s %j from %j', (...[name, field, text, value]) => {
    expect(extract(text, objectOf({ [name]: field }))).toEqual({ [name]: value });
  });

  it.each<[string, JsonSchema, string, string]>([
    ['total', { type: 'number' }, 'Net total: 5', 'the label says more than the name'],
    ['invoice_number', string, 'Number: 5', 'the label says less than the name'],
    ['total', { type: 'number' }, 'Total: 5\nTotal: 6', 'there are two'],
    ['total', { type: 'integer' }, 'Total: 5.5', 'the value is of another type'],
    ['total', { type: 'number', maximum: 4 }, 'Total: 5', 'the value is too large'],
    ['city', { type: 'string', maxLength: 3 }, 'City: York', 'the value is too long'],
    [
      'city',
      { type: 'string', pattern: '^Y' },
      'City: York',
      'the schema asks what is not understood',
    ],
    ['time', { type: 'string', format: 'time' }, 'Time: 10:30', 'the format is not understood'],
    ['status', { enum: ['Open'] }, 'Status: closed', 'the value is no option'],
    ['email', { type: 'string', format: 'uuid' }, 'a@b.example', 'the format is another'],
    ['tags', { type: 'array', items: string }, 'Tags: a, b', 'a list is no plain value'],
    ['gate', string, 'Gate: C. Received by: Tom', 'the line goes on with another label'],
    ['email', string, 'a@b.example, c@d.example', 'there are two'],
  ])('does not read %s %j from %j: %s', (name, field, text) => {
    expect(extract(text, objectOf({ [name]: field }))).toBeNull();
  });

  it('says null for what must be there and may be null, and leaves out what may be absent', () => {
    const maybe = { type: ['string', 'null'] };
    const schema = objectOf({ city: string, zip: maybe, street: maybe }, ['city', 'zip']);
    expect(extract('City: York', schema)).toEqual({ city: 'York', zip: null });
    expect(extract('Zip: 5', schema)).toBeNull();
    expect(extract('Nothing here', objectOf({ zip: maybe }, ['zip']))).toBeNull();
  });

  it('says no null where a list of options has none', () => {
    const size = { type: ['string', 'null'], enum: ['S', 'M'] };
    expect(extract('City: York', objectOf({ city: string, size }, ['size']))).toBeNull();
  });

  it('is none when the object asks for more than its fields', () => {
    const schema = { ...objectOf({ city: string }), minProperties: 2 };
    expect(extract('City: York', schema)).toBeNull();
  });

  it('of anything fits the schema, stands in the text, and is always the same', () => {
    const name = fc.constantFrom('total', 'city', 'due_date', 'orderNumber', 'paid', 'email');
    const field = fc.constantFrom<JsonSchema>(
      string,
      { type: 'number' },
      { type: 'integer', minimum: 0 },
      { type: ['boolean', 'null'] },
      { type: 'string', format: 'date' },
      { type: 'string', format: 'email' },
      { type: 'string', format: 'uuid' },
      { anyOf: [{ type: 'string', minLength: 2 }, { type: 'null' }] },
      { type: ['string', 'null'], enum: ['York', 'yes', null] },
      { type: 'object', properties: {} },
    );
    const value = fc.oneof(
      fc.constantFrom('5', '1,000.00 EUR', 'York', 'yes', '3 May 2026', 'a@b.example', '30.2.2026'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const label = fc.constantFrom(
      'Total',
      'City',
      'Due date',
      'Order no.',
      'Paid',
      'E-mail',
      'to string',
    );
    const line = fc
      .tuple(label, fc.constantFrom(': ', ' ', '   ', '\t'), value)
      .map((parts) => parts.join(''));
    const text = fc.array(line, { minLength: 1, maxLength: 8 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, fc.dictionary(name, field), fc.array(name), (source, properties, must) => {
        const required = must.filter((each) => Object.hasOwn(properties, each));
        const schema = objectOf(properties, [...new Set(required)]);
        const data = extract(source, schema);
        expect(extract(source, schema)).toEqual(data);
        for (const found of Object.values(data ?? {})) {
          if (typeof found !== 'string' || /^\d{4}-\d\d-\d\d$/.test(found)) continue;
          expect(source.toLowerCase()).toContain(found.toLowerCase());
        }
      }),
      { numRuns: runs(400) },
    );
  });

  it('of 25,000 short lines or one endless line is fine', () => {
    const lines = Array.from({ length: 25_000 }, (_, i) => `L${String(i)}: 1`).join('\n');
    const schema = objectOf({ l77: { type: 'integer' }, email: string });
    for (const text of [lines, 'a@'.repeat(1e5), `L77:${' '.repeat(1e5)}1`, 'L: '.repeat(6e4)])
      expect(extract(text.slice(0, 200_000), schema)).toEqual(text === lines ? { l77: 1 } : null);
  });
});
