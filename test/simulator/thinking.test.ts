import type Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { buildClock, DAY_OF_TESTS, messageOf, post, user } from './protocol.ts';
import { clientFor } from './support.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  const { now } = buildClock(DAY_OF_TESTS);
  simulator = await startSimulator({ speed: Infinity, seed: 'thinking', now });
  client = clientFor(simulator);
});

afterAll(() => simulator.close());

const QUESTION = {
  model: 'claude-sonnet-5-5',
  max_tokens: 4000,
  messages: [user('The tower is 90 metres high and white.\n\nHow high is the tower?')],
};
const ADAPTIVE = { type: 'adaptive', display: 'summarized' } as const;

type Params = Partial<Anthropic.MessageCreateParamsNonStreaming>;

async function ask(params: Params = {}) {
  const message = await client.messages.create({ ...QUESTION, ...params });
  const [first, second] = message.content;
  return {
    message,
    thinking: first?.type === 'thinking' ? first : null,
    text: second?.type === 'text' ? second.text : first?.type === 'text' ? first.text : null,
    thought: message.usage.output_tokens_details?.thinking_tokens ?? 0,
    written: message.usage.output_tokens,
  };
}

describe('thinking', () => {
  it('happens only when asked for', async () => {
    const { thinking, thought } = await ask();
    expect({ thinking, thought }).toEqual({ thinking: null, thought: 0 });
    expect((await ask({ thinking: { type: 'disabled' } })).thinking).toBeNull();
  });

  it('comes before the same answer, is signed, and is part of the output', async () => {
    const plain = await ask();
    const { thinking, text, thought, written } = await ask({ thinking: ADAPTIVE });
    expect(thinking?.thinking).toContain('How high is the tower?');
    expect(thinking?.signature).toMatch(/^[\w+/]{100,}=*$/);
    expect(text).toBe(plain.text);
    expect(thought).toBeGreaterThan(50);
    expect(written).toBe(plain.written + thought);
  });

  it('is the same for the same request', async () => {
    const [one, two] = [await ask({ thinking: ADAPTIVE }), await ask({ thinking: ADAPTIVE })];
    expect(two.thinking).toEqual(one.thinking);
    expect(two.thought).toBe(one.thought);
  });

  it('shows nothing but its signature when omitted, which is how newer models begin', async () => {
    const omitted = await ask({ thinking: { type: 'adaptive', display: 'omitted' } });
    const shown = await ask({ thinking: ADAPTIVE });
    expect(omitted.thinking?.thinking).toBe('');
    expect(omitted.thinking?.signature).toBe(shown.thinking?.signature);
    expect(omitted.thought).toBe(shown.thought);
    expect((await ask({ thinking: { type: 'adaptive' } })).thinking?.thinking).toBe('');
    const older = { model: 'claude-opus-4-6', thinking: { type: 'adaptive' as const } };
    expect((await ask(older)).thinking?.thinking).not.toBe('');
  });

  it('is more with more effort', async () => {
    const efforts = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
    const thought = [];
    for (const effort of efforts) {
      thought.push((await ask({ thinking: ADAPTIVE, output_config: { effort } })).thought);
    }
    expect(thought).toEqual(thought.toSorted((a, b) => a - b));
    expect(new Set(thought).size).toBe(efforts.length);
    expect((await ask({ thinking: ADAPTIVE })).thought).toBe(thought[2]);
  });

  it('eats from max_tokens, all of them if it must', async () => {
    const { message, thought } = await ask({ thinking: ADAPTIVE, max_tokens: 20 });
    expect(message).toMatchObject({ stop_reason: 'max_tokens', content: [{ type: 'thinking' }] });
    expect([thought, message.usage.output_tokens]).toEqual([20, 20]);
  });

  it('stays within its budget on a model that has one', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 };
    const output_config = { effort: 'max' };
    const older = { ...QUESTION, model: 'claude-opus-4-6', thinking, output_config };
    // Not by the SDK, which writes a warning.
    const { usage } = (await (await post(simulator, older)).json()) as Anthropic.Message;
    expect(usage.output_tokens_details?.thinking_tokens).toBe(1024);
    const free = { thinking: ADAPTIVE, output_config: { effort: 'max' as const } };
    expect((await ask(free)).thought).toBeGreaterThan(1024);
  });

  it('streams as its own block, the signature last, and adds up to the JSON answer', async () => {
    const whole = await ask({ thinking: ADAPTIVE });
    const stream = client.messages.stream({ ...QUESTION, thinking: ADAPTIVE });
    const deltas: string[] = [];
    for await (const event of stream) {
      if (event.type === 'content_block_start') deltas.push(`start ${event.content_block.type}`);
      if (event.type === 'content_block_stop') deltas.push('stop');
      if (event.type === 'content_block_delta') deltas.push(event.delta.type);
    }
    const order = deltas.filter((name, at) => name !== deltas[at - 1]);
    expect(order).toEqual([
      'start thinking',
      'thinking_delta',
      'signature_delta',
      'stop',
      'start text',
      'text_delta',
      'stop',
    ]);
    const streamed = await stream.finalMessage();
    expect(streamed.content).toMatchObject(whole.message.content);
    expect(streamed.usage.output_tokens).toBe(whole.written);
    expect(streamed.usage.output_tokens_details?.thinking_tokens).toBe(whole.thought);
  });

  it('streams no thinking_delta when it is omitted', async () => {
    const thinking = { type: 'adaptive', display: 'omitted' } as const;
    const stream = await client.messages.create({ ...QUESTION, thinking, stream: true });
    const types = new Set<string>();
    for await (const event of stream) {
      if (event.type === 'content_block_delta') types.add(event.delta.type);
    }
    expect(types).toEqual(new Set(['signature_delta', 'text_delta']));
  });

  it('between tools is a note on progress once a tool has answered', async () => {
    const thinking = { type: 'between_tools' } as const;
    expect((await ask({ thinking })).thinking).toBeNull();
    const called = { type: 'tool_use', id: 'toolu_1', name: 'measure', input: {} } as const;
    const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: '90 m' } as const;
    const messages = [
      ...QUESTION.messages,
      { role: 'assistant' as const, content: [called] },
      user([result]),
    ];
    expect((await ask({ thinking, messages })).thinking).not.toBeNull();
  });
});

describe('what is refused of thinking', () => {
  const budget = { type: 'enabled', budget_tokens: 1024 };

  it.each([
    ['a budget on Opus 4.7', { model: 'claude-opus-4-7', thinking: budget }, /budget_tokens/],
    ['a budget on Sonnet 5', { model: 'claude-sonnet-5', thinking: budget }, /budget_tokens/],
    [
      'a model told not to think that always does',
      { model: 'claude-fable-5-2', thinking: { type: 'disabled' } },
      /thinking\.type/,
    ],
    [
      'the same of Opus 5.5',
      { model: 'claude-opus-5-5', thinking: { type: 'disabled' } },
      /thinking\.type/,
    ],
    [
      'adaptive thinking on 4.5',
      { model: 'claude-sonnet-4-5', thinking: { type: 'adaptive' } },
      /thinking\.type/,
    ],
    [
      'a budget under 1024',
      { model: 'claude-opus-4-6', thinking: { ...budget, budget_tokens: 1023 } },
      /1024/,
    ],
    ['no budget', { model: 'claude-opus-4-6', thinking: { type: 'enabled' } }, /Field required/],
    [
      'a budget of all that may be written',
      { model: 'claude-opus-4-6', thinking: { ...budget, budget_tokens: 4000 } },
      /max_tokens/,
    ],
    ['an unknown type', { thinking: { type: 'hard' } }, /thinking\.type/],
    ['an unknown display', { thinking: { type: 'adaptive', display: 'all' } }, /display/],
    ['an unknown effort', { output_config: { effort: 'huge' } }, /output_config\.effort/],
    [
      'an effort on a model without',
      { model: 'claude-haiku-4-5', output_config: { effort: 'low' } },
      /output_config\.effort/,
    ],
    ['thinking with no tokens to write', { max_tokens: 0, thinking: ADAPTIVE }, /max_tokens/],
    [
      'thinking before a forced call',
      {
        model: 'claude-sonnet-5',
        thinking: ADAPTIVE,
        tools: [{ name: 'ring', input_schema: { type: 'object' } }],
        tool_choice: { type: 'any' },
      },
      /tool_choice/,
    ],
  ])('%s', async (_, params, message) => {
    const answer = await messageOf(await post(simulator, { ...QUESTION, ...params }));
    expect(answer).toMatch(/^400 /);
    expect(answer).toMatch(message);
  });
});
