import { z } from 'zod';
import { CallOptions } from '../wire/options.ts';

const Label = z.strictObject({
  name: z.string().trim().min(1).max(100).describe('The label, returned exactly like this'),
  description: z.string().max(500).optional().describe('When the label fits'),
});

export const ClassifyTextInput = z.strictObject({
  text: z.string().trim().min(1).max(50_000).describe('The text to classify'),
  labels: z
    .array(Label)
    .min(2)
    .max(100)
    .refine((labels) => new Set(labels.map((label) => label.name)).size === labels.length, {
      message: 'Two labels have the same name',
    })
    .describe('The labels to choose from'),
  options: CallOptions.optional(),
});

export const ClassifyTextOutput = z.object({
  label: z.string().describe('The one label that fits best'),
  confidence: z.number().min(0).max(1).describe('How sure the model is, 0 to 1'),
  reason: z.string().describe('One sentence: what in the text decided'),
});
