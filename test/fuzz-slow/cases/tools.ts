import type { Random } from '../../../src/simulator/random.ts';
import { nonce, pick, type Case, type ToolCase } from '../case.ts';
import { textKinds, type Texts } from './texts.ts';

type Make = (random: Random, text: Texts) => ToolCase;

const QUESTION_CHARS = 4_000;
const CONTEXT_CHARS = 200_000;

const HEADED = '# Returns\n\nYou can return it within 30 days.\n\n';

/** Every tool that reads a text, at the most it takes. */
const MAKERS: Record<string, Make> = {
  question: (random, text) => ({
    tool: 'answer_question',
    input: { question: text(random, QUESTION_CHARS) },
  }),
  'long question, long document': (random, text) => ({
    tool: 'answer_question',
    input: {
      question: text(random, QUESTION_CHARS),
      context: [{ title: text(random, 200), text: text(random, CONTEXT_CHARS) }],
    },
  }),
  document: (random, text) => ({
    tool: 'answer_question',
    input: {
      question: `When can I return my order ${nonce(random)}?`,
      context: [{ text: HEADED + text(random, CONTEXT_CHARS - HEADED.length) }],
    },
  }),
  '50 documents': (random, text) => ({
    tool: 'answer_question',
    input: {
      question: text(random, 300),
      context: Array.from({ length: 50 }, () => ({
        title: text(random, 200),
        text: text(random, CONTEXT_CHARS / 50),
      })),
    },
  }),
  summary: (random, text) => ({
    tool: 'summarize_text',
    input: {
      text: text(random, 200_000),
      style: pick(random, ['paragraph', 'bullets', 'headline']),
      max_words: pick(random, [5, 120, 1_000]),
    },
  }),
  classification: (random, text) => ({
    tool: 'classify_text',
    input: { text: text(random, 50_000), labels: [{ name: 'refund' }, { name: 'delivery' }] },
  }),
  '100 labels': (random, text) => ({
    tool: 'classify_text',
    input: {
      text: text(random, 50_000),
      labels: Array.from({ length: 100 }, (_, at) => ({
        name: `${String(at)} ${text(random, 90)}`,
        description: text(random, 500),
      })),
    },
  }),
  extraction: (random, text) => ({
    tool: 'extract_data',
    input: {
      text: text(random, 200_000),
      schema: {
        type: 'object',
        properties: {
          total: { type: 'number', description: 'Amount to pay' },
          date: { type: 'string', format: 'date' },
          email: { type: 'string', format: 'email' },
          name: { type: 'string', description: text(random, 300) },
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: { name: { type: 'string' }, price: { type: 'number' } },
            },
          },
          tags: { type: 'array', items: { type: 'string' } },
          paid: { type: 'boolean' },
        },
      },
    },
  }),
  rewriting: (random, text) => ({
    tool: 'rewrite_text',
    input: {
      text: text(random, 50_000),
      instruction: pick(random, ['Make it shorter', 'Make it formal', text(random, 1_000)]),
      tone: pick(random, ['neutral', 'friendly', 'formal', 'concise', 'persuasive']),
    },
  }),
  estimate: (random, text) => ({
    tool: 'estimate_cost',
    input: {
      tool: 'summarize_text',
      arguments: { text: text(random, 200_000) },
    },
  }),
  complaint: (random, text) => ({
    tool: 'give_feedback',
    input: { call_id: text(random, 40), rating: 'down', comment: text(random, 2_000) },
  }),
};

/** Where no model answers, these answer without one. */
const WITHOUT_MODEL = [
  'document',
  'long question, long document',
  '50 documents',
  'summary',
  'classification',
  '100 labels',
  'extraction',
];

export const toolCases = (): Case[] =>
  Object.entries(MAKERS).flatMap(([what, make]) =>
    textKinds.flatMap(({ name, text }): Case[] => [
      { name: `${what}: ${name}`, make: (random) => make(random, text) },
      ...(WITHOUT_MODEL.includes(what)
        ? [
            {
              name: `${what} without a model: ${name}`,
              make: (random: Random) => make(random, text),
              needs: 'down' as const,
            },
          ]
        : []),
    ]),
  );
