import { ExtractDataInput, ExtractDataOutput } from '../schemas/tools/extract-data.ts';
import { defineTool } from '../src/core/tool/define-tool.ts';
import { CALLS_MODEL } from './annotations.ts';
import { extractByLines } from './fallback/extract-by-lines.ts';

export const extractData = defineTool({
  name: 'extract_data',
  title: 'Extract data from a text',
  description:
    'Reads structured data out of a text of up to 200,000 characters: invoices, orders, mails, CVs, notes. You give the JSON Schema of the object you want; the answer validates against it. Use it when you know the fields; describe each field in the schema. Fields the text does not mention are null or left out, never invented.',
  input: ExtractDataInput,
  output: ExtractDataOutput,
  examples: [
    {
      title: 'An invoice',
      input: {
        text: 'Invoice no. R-2041\nDate: 14 March 2026\nBill to: Amber Holt\nTotal due: 318.50 EUR',
        schema: {
          type: 'object',
          properties: {
            invoice_number: { type: 'string', description: 'Number of the invoice' },
            date: { type: 'string', format: 'date', description: 'Date of the invoice' },
            customer: { type: 'string', description: 'Who has to pay' },
            total: { type: 'number', description: 'Amount due' },
            currency: { type: 'string', description: 'ISO code of the currency' },
          },
          required: ['invoice_number', 'total'],
          additionalProperties: false,
        },
      },
    },
  ],
  annotations: CALLS_MODEL,
  prompt: 'extract',
  narrow: { data: { schemaIn: 'schema' } },
  fallback: extractByLines,
  policy: {
    deadlineMs: 120_000,
    complexity: 'standard',
    partialUsable: false,
    cache: { compare: null, visibility: 'team', ttlHours: 168 },
    budget: { misfit: 'downgrade', overrun: 'finish' },
  },
});
