import { ClassifyTextInput, ClassifyTextOutput } from '../schemas/tools/classify-text.ts';
import { defineTool } from '../src/core/tool/define-tool.ts';
import { CALLS_MODEL } from './annotations.ts';
import { classifyByWords } from './fallback/classify-by-words.ts';

export const classifyText = defineTool({
  name: 'classify_text',
  title: 'Classify a text',
  description:
    'Picks the one label of your list that fits a text best. Use it to route, tag or triage texts when you know the possible labels; describe each label for better results. Returns the label exactly as you wrote it, a confidence from 0 to 1 and the reason. It always picks one: add a label such as "other" if none may fit.',
  input: ClassifyTextInput,
  output: ClassifyTextOutput,
  examples: [
    {
      title: 'Route a support mail',
      input: {
        text: 'My parcel should have come on Monday and the tracking page has not moved for a week.',
        labels: [
          { name: 'shipping', description: 'Delivery, tracking, lost or late parcels' },
          { name: 'billing', description: 'Payments, invoices, refunds' },
          { name: 'account', description: 'Login, password, personal data' },
        ],
      },
    },
  ],
  annotations: CALLS_MODEL,
  prompt: 'classify',
  narrow: { label: { oneOf: 'labels', by: 'name' } },
  fallback: classifyByWords,
  policy: {
    deadlineMs: 30_000,
    complexity: 'simple',
    partialUsable: false,
    cache: { compare: null, visibility: 'team', ttlHours: 168 },
    budget: { misfit: 'refuse', overrun: 'finish' },
  },
});
