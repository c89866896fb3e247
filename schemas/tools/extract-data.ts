import { z } from 'zod';
import { CallOptions } from '../wire/options.ts';

export const ExtractDataInput = z.strictObject({
  text: z.string().trim().min(1).max(200_000).describe('The text to read the data from'),
  schema: z
    .record(z.string(), z.unknown())
    .describe(
      'JSON Schema (2020-12) of the object wanted; its root is {"type":"object","properties":{…}}. Describe each field',
    ),
  options: CallOptions.optional(),
});

export const ExtractDataOutput = z.object({
  data: z
    .record(z.string(), z.unknown())
    .describe('The object; it validates against the schema given'),
});
