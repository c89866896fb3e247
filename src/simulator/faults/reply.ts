import type { Block } from '../generation.ts';
import { isObject } from '../json.ts';
import { splitTokens } from '../tokens.ts';
import { AT_TOKEN, stopAt } from './cut-generation.ts';
import type { Effects, Fault } from './fault.ts';

const COMMON = { group: 'reply', harmless: false, streamOnly: false } as const;

export const REPLY_FAULTS: readonly Fault[] = [
  {
    ...COMMON,
    name: 'truncated-max-tokens',
    description: 'The answer stops in the middle with stop_reason max_tokens.',
    params: { at_token: AT_TOKEN },
    effects: (param) => stopAt(param('at_token'), 'max_tokens'),
  },
  {
    ...COMMON,
    name: 'pause-turn',
    description: 'The answer stops in the middle with stop_reason pause_turn.',
    params: { at_token: AT_TOKEN },
    effects: (param) => stopAt(param('at_token'), 'pause_turn'),
  },
  {
    ...COMMON,
    name: 'context-exceeded',
    description: 'The answer stops in the middle with stop_reason model_context_window_exceeded.',
    params: { at_token: AT_TOKEN },
    effects: (param) => stopAt(param('at_token'), 'model_context_window_exceeded'),
  },
  {
    ...COMMON,
    name: 'broken-schema',
    description: 'The answer is JSON, but not of the json_schema that was asked for.',
    params: {},
    effects: () => replaceText(breakSchema),
  },
  {
    ...COMMON,
    name: 'not-json',
    description: 'The answer is a sentence where JSON was asked for.',
    params: {},
    effects: () => replaceText(() => 'Of course, here is what you asked for: nothing in braces.'),
  },
  {
    ...COMMON,
    name: 'empty-reply',
    description: 'The answer has no content at all and ends with end_turn.',
    params: {},
    effects: () => stopAt(0, 'end_turn'),
  },
];

function replaceText(replace: (text: string) => string): Effects {
  return {
    plan: ({ generation, family, ...plan }) => {
      const blocks = generation.blocks.map((block): Block => {
        if (block.type !== 'text') return block;
        return { ...block, tokens: splitTokens(replace(block.tokens.join('')), family) };
      });
      return { ...plan, family, generation: { ...generation, blocks } };
    },
  };
}

/** Takes the first member away and adds one nobody asked for: no strict schema accepts both. */
function breakSchema(text: string): string {
  const [, ...kept] = Object.entries(parseObject(text));
  return JSON.stringify({ ...Object.fromEntries(kept), unexpected_member: true });
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
