import { SummarizeTextInput, SummarizeTextOutput } from '../schemas/tools/summarize-text.ts';
import { defineTool } from '../src/core/tool/define-tool.ts';
import { CALLS_MODEL } from './annotations.ts';
import { summarizeBySentences } from './fallback/summarize-by-sentences.ts';

export const summarizeText = defineTool({
  name: 'summarize_text',
  title: 'Summarize a text',
  description:
    'Shortens one text of up to 200,000 characters to a paragraph, bullet points or a headline of at most `max_words` words. Use it when you need what a text says, not a fact from it (that is answer_question) and not fields of it (that is extract_data). Returns the summary alone.',
  input: SummarizeTextInput,
  output: SummarizeTextOutput,
  examples: [
    {
      title: 'Three bullet points',
      input: {
        text: 'The council met on Tuesday. It approved the new bus line to the harbour, which will start in May and run every ten minutes. The budget for the library was cut by 4 percent. Two members voted against both decisions. The next meeting is on 3 June.',
        style: 'bullets',
        max_words: 40,
      },
    },
  ],
  annotations: CALLS_MODEL,
  prompt: 'summarize',
  streams: 'summary',
  fallback: summarizeBySentences,
  policy: {
    deadlineMs: 120_000,
    complexity: 'standard',
    partialUsable: true,
    cache: { compare: null, visibility: 'team', ttlHours: 168 },
    budget: { misfit: 'downgrade', overrun: 'finish' },
  },
});
