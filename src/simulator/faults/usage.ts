import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { MessagePlan } from '../plan-message.ts';
import { milliseconds } from './fault.ts';
import type { Fault } from './fault.ts';

const COMMON = { group: 'usage', harmless: true } as const;

export const USAGE_FAULTS: readonly Fault[] = [
  {
    ...COMMON,
    name: 'duplicated-message-delta',
    description: 'message_delta comes twice; its counts are cumulative, so nothing is to be added.',
    streamOnly: true,
    params: {},
    effects: () => ({
      script: (event) => {
        const usual = { kind: 'event', event } as const;
        return event.type === 'message_delta' ? [usual, usual] : [usual];
      },
    }),
  },
  {
    ...COMMON,
    name: 'late-message-delta',
    description: 'A pause lies between the last text and message_delta.',
    streamOnly: true,
    params: { ms: milliseconds(2000, 'how long') },
    effects: (param) => ({
      script: (event) => {
        const usual = { kind: 'event', event } as const;
        return event.type === 'message_delta'
          ? [{ kind: 'pause', ms: param('ms') }, usual]
          : [usual];
      },
    }),
  },
  {
    ...COMMON,
    name: 'missing-usage',
    description: 'No usage anywhere: the text is whole, what it cost is not said.',
    streamOnly: false,
    params: {},
    effects: () => ({ body: (sent) => editUsage(sent, () => undefined) }),
  },
  {
    ...COMMON,
    name: 'missing-final-usage',
    description: 'message_delta has no usage, so the output count stays the placeholder.',
    streamOnly: true,
    params: {},
    effects: () => ({
      body: (sent) => (isFinal(sent) ? editUsage(sent, () => undefined) : sent),
    }),
  },
  {
    ...COMMON,
    name: 'null-cache-counts',
    description: 'The counts of cache reads and writes are null instead of 0.',
    streamOnly: false,
    params: {},
    effects: () => ({ body: (sent) => editUsage(sent, withoutCacheCounts) }),
  },
  {
    ...COMMON,
    name: 'undercounted-input',
    description: 'The prompt has more tokens than anybody would count, and all of them are billed.',
    streamOnly: false,
    params: {
      factor: { default: 1.67, min: 1, max: 100, meaning: 'how many tokens one turns out to be' },
      bytes: { default: 0, min: 0, max: 1, meaning: '1 makes each byte of a text a token first' },
    },
    effects: (param) => ({
      promptFactor: param('factor'),
      promptInBytes: param('bytes') === 1,
    }),
  },
  {
    ...COMMON,
    name: 'late-thinking',
    description: 'Thinking that no event shows is in the usage of message_delta, and billed.',
    streamOnly: false,
    params: {
      tokens: { default: 300, min: 0, max: 1_000_000, meaning: 'how many tokens of it' },
      over: { default: 0, min: 0, max: 1, meaning: '1 lets them go over max_tokens' },
    },
    effects: (param) => ({
      plan: (plan) => thinkLate(plan, Math.round(param('tokens')), param('over') === 1),
    }),
  },
];

/** A refusal before output stays free, as nothing was thought. */
function thinkLate(plan: MessagePlan, tokens: number, isOver: boolean): MessagePlan {
  const { generation, maxTokens } = plan;
  if (generation.stopReason === 'refusal') return plan;
  const written = generation.blocks.reduce((sum, block) => sum + block.tokens.length, 0);
  const lateThinkingTokens = isOver ? tokens : Math.min(tokens, maxTokens - written);
  return { ...plan, generation: { ...generation, lateThinkingTokens } };
}

function isFinal(sent: object): boolean {
  return isObject(sent) && sent['type'] === 'message_delta';
}

type EditUsage = (usage: JsonObject) => JsonObject | undefined;

/** Usage sits in the message in one piece, in the one of `message_start`, and in `message_delta`. */
function editUsage(sent: object, edit: EditUsage): object {
  if (!isObject(sent)) return sent;
  const { message, usage, ...rest } = sent as JsonObject & { message?: unknown; usage?: unknown };
  if (isObject(message)) return { ...rest, message: editUsage(message, edit) };
  return isObject(usage) ? { ...rest, usage: edit(usage) } : sent;
}

function withoutCacheCounts(usage: JsonObject): JsonObject {
  return {
    ...usage,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: null,
    ...('cache_creation' in usage ? { cache_creation: null } : {}),
  };
}
