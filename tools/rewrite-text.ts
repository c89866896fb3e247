import { RewriteTextInput, RewriteTextOutput } from '../schemas/tools/rewrite-text.ts';
import { defineTool } from '../src/core/tool/define-tool.ts';
import { CALLS_MODEL } from './annotations.ts';

export const rewriteText = defineTool({
  name: 'rewrite_text',
  title: 'Rewrite a text',
  description:
    'Rewrites one text as instructed: shorter, clearer, friendlier, more formal, corrected. Use it when the text stays the same text; use summarize_text when only its main points are wanted. Facts, names and language stay unless the instruction says otherwise. Returns the new text alone.',
  input: RewriteTextInput,
  output: RewriteTextOutput,
  examples: [
    {
      title: 'A formal reply',
      input: {
        text: "hey, sorry but we can't ship that before friday, it's just sold out right now",
        instruction: 'Turn this into a reply to a customer',
        tone: 'formal',
      },
    },
  ],
  annotations: CALLS_MODEL,
  prompt: 'rewrite',
  streams: 'text',
  policy: {
    deadlineMs: 120_000,
    complexity: 'standard',
    partialUsable: false,
    cache: { compare: null, visibility: 'user', ttlHours: 24 },
    budget: { misfit: 'clamp', overrun: 'finish' },
  },
});
