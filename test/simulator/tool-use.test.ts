import type Anthropic from '@anthropic-ai/sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { messageOf, post, user } from './protocol.ts';
import { clientFor } from './support.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'tools' });
  client = clientFor(simulator);
});

afterAll(() => simulator.close());

const WEATHER: Anthropic.Tool = {
  name: 'get_weather',
  description: 'Get the current weather at a place.',
  input_schema: {
    type: 'object',
    properties: {
      location: { type: 'string', description: 'City and country' },
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    },
    required: ['location'],
    additionalProperties: false,
  },
};
const TICKET: Anthropic.Tool = {
  name: 'create_ticket',
  description: 'Opens a ticket for the support team.',
  input_schema: {
    type: 'object',
    properties: {
      title: { type: 'string', minLength: 3 },
      priority: { type: 'integer', minimum: 1, maximum: 5 },
      email: { type: 'string', format: 'email' },
    },
    required: ['title', 'priority'],
    additionalProperties: false,
  },
};
const BASE = {
  model: 'claude-sonnet-5',
  max_tokens: 1000,
  tools: [WEATHER, TICKET],
  messages: [user('What is the weather in Paris like?')],
};

type Params = Partial<Anthropic.MessageCreateParamsNonStreaming>;

function ask(params: Params = {}): Promise<Anthropic.Message> {
  return client.messages.create({ ...BASE, ...params });
}

function callsOf({ content }: Anthropic.Message): Anthropic.ToolUseBlock[] {
  return content.filter((part) => part.type === 'tool_use');
}

function isValid({ input_schema }: Anthropic.Tool, input: unknown): boolean {
  return new Ajv2020({ validateFormats: false }).compile(input_schema)(input);
}

describe('a tool', () => {
  it('is called when the message plainly asks for what it does', async () => {
    const message = await ask();
    expect(message.stop_reason).toBe('tool_use');
    expect(message.content).toEqual([
      {
        type: 'tool_use',
        id: expect.stringMatching(/^toolu_01\w{22}$/) as string,
        name: 'get_weather',
        input: { location: 'Paris' },
        caller: null,
      },
    ]);
    expect(message.usage.output_tokens).toBeGreaterThan(3);
  });

  it('is left alone when the message asks for something else', async () => {
    const message = await ask({ messages: [user('The sky is blue.\n\nWhich colour is the sky?')] });
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ type: 'text' }] });
  });

  it('is left alone when tool_choice is none', async () => {
    expect(callsOf(await ask({ tool_choice: { type: 'none' } }))).toEqual([]);
  });

  it('is called when forced, with an input that obeys its schema', async () => {
    const message = await ask({ tool_choice: { type: 'tool', name: 'create_ticket' } });
    const [call] = callsOf(message);
    expect(call?.name).toBe('create_ticket');
    expect(isValid(TICKET, call?.input)).toBe(true);
  });

  it('gets what the text says', async () => {
    const content = 'Open a ticket, priority 2, for anna@example.com: the printer is on fire.';
    const [call] = callsOf(await ask({ messages: [user(content)] }));
    expect(call).toMatchObject({
      name: 'create_ticket',
      input: { priority: 2, email: 'anna@example.com' },
    });
    expect(isValid(TICKET, call?.input)).toBe(true);
  });

  it('is called beside another one, unless that is forbidden', async () => {
    const both = [user('Get me the weather in Paris, and create a ticket about the lift.')];
    const names = async (params: Params) => callsOf(await ask(params)).map(({ name }) => name);
    expect((await names({ messages: both })).toSorted()).toEqual(['create_ticket', 'get_weather']);
    const disable_parallel_tool_use = true;
    const auto = { type: 'auto', disable_parallel_tool_use } as const;
    expect(await names({ messages: both, tool_choice: auto })).toHaveLength(1);
    const any = { type: 'any', disable_parallel_tool_use } as const;
    expect(await names({ messages: [user('Hello.')], tool_choice: any })).toHaveLength(1);
  });

  it('streams its input as JSON in pieces', async () => {
    const stream = client.messages.stream(BASE);
    const pieces: string[] = [];
    for await (const event of stream) {
      if (event.type === 'content_block_start') {
        expect(event.content_block).toMatchObject({ type: 'tool_use', input: {} });
      }
      if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta') {
        pieces.push(event.delta.partial_json);
      }
    }
    expect(JSON.parse(pieces.join(''))).toEqual({ location: 'Paris' });
    const message = await stream.finalMessage();
    expect(callsOf(message)[0]?.input).toEqual({ location: 'Paris' });
    expect(message.stop_reason).toBe('tool_use');
  });

  it('cut short by max_tokens is no call to be made', async () => {
    const message = await ask({ max_tokens: 3 });
    expect(message.stop_reason).toBe('max_tokens');
    expect(message.usage.output_tokens).toBe(3);
    expect(callsOf(message)[0]?.input).toEqual({});
  });
});

describe('a tool result', () => {
  const conversation = (result: object, called: readonly object[] = [{ id: 'toolu_1' }]) => [
    ...BASE.messages,
    {
      role: 'assistant' as const,
      content: called.map((call) => ({
        type: 'tool_use' as const,
        name: 'get_weather',
        input: { location: 'Paris' },
        ...(call as { id: string }),
      })),
    },
    user([{ type: 'tool_result', tool_use_id: 'toolu_1', ...result }]),
  ];
  const textOf = ({ content }: Anthropic.Message) =>
    content.map((part) => (part.type === 'text' ? part.text : part.type)).join();

  it('is what the answer is made of', async () => {
    const message = await ask({ messages: conversation({ content: '18 °C and sunny' }) });
    expect(message.stop_reason).toBe('end_turn');
    expect(textOf(message)).toContain('18 °C and sunny');
  });

  it('may be a failure or nothing at all', async () => {
    const failed = conversation({ content: 'no such city', is_error: true });
    expect(textOf(await ask({ messages: failed }))).toMatch(/failed: no such city/);
    expect(textOf(await ask({ messages: conversation({}) }))).toContain('get_weather');
  });

  it('is read for the answer when it is long', async () => {
    const content = `${'The museum opens at nine. '.repeat(30)}The weather in Paris is stormy.`;
    const text = textOf(await ask({ messages: conversation({ content }) }));
    expect(text).toContain('stormy');
    expect(text.length).toBeLessThan(200);
  });

  it('fills a schema when one is given', async () => {
    const schema = {
      type: 'object',
      properties: { answer: { type: 'string' } },
      required: ['answer'],
      additionalProperties: false,
    };
    const text = textOf(
      await ask({
        messages: conversation({ content: 'The weather in Paris is stormy.' }),
        output_config: { format: { type: 'json_schema', schema } },
      }),
    );
    expect(JSON.parse(text)).toEqual({ answer: 'The weather in Paris is stormy.' });
  });

  it('leads to another call when one is forced', async () => {
    const messages = conversation({ content: '18 °C' });
    expect(callsOf(await ask({ messages, tool_choice: { type: 'any' } }))).not.toEqual([]);
  });

  it.each([
    ['of a call nobody made', conversation({ tool_use_id: 'toolu_2' }), /unexpected `tool_use_id`/],
    [
      'missing for one of two calls',
      conversation({}, [{ id: 'toolu_1' }, { id: 'toolu_2' }]),
      /without `tool_result` blocks.*toolu_2/,
    ],
    ['before any call', conversation({}).slice(2), /unexpected `tool_use_id`/],
    [
      'missing altogether',
      [...conversation({}).slice(0, 2), user('And?')],
      /without `tool_result` blocks.*toolu_1/,
    ],
  ])('is refused %s', async (_, messages, message) => {
    const answer = await messageOf(await post(simulator, { ...BASE, messages }));
    expect(answer).toMatch(/^400 /);
    expect(answer).toMatch(message);
  });
});

describe('what is refused of tools', () => {
  const schema = { type: 'object' };

  it.each([
    ['no name', { tools: [{ input_schema: schema }] }, /tools\.0\.name/],
    ['a name with a space', { tools: [{ name: 'a b', input_schema: schema }] }, /tools\.0\.name/],
    ['no schema', { tools: [{ name: 'a' }] }, /tools\.0\.input_schema: Field required/],
    ['a schema of a list', { tools: [{ name: 'a', input_schema: { type: 'array' } }] }, /'object'/],
    ['one name for two', { tools: [WEATHER, WEATHER] }, /unique/],
    ['an unknown choice', { tool_choice: { type: 'maybe' } }, /tool_choice\.type/],
    ['a choice that is not there', { tool_choice: { type: 'tool', name: 'x' } }, /not found/],
    ['a forced call without tools', { tools: [], tool_choice: { type: 'any' } }, /tools/],
    [
      'a forced call of Opus 5.5',
      { model: 'claude-opus-5-5', tool_choice: { type: 'any' } },
      /claude-opus-5-5/,
    ],
    [
      'a forced call of Sonnet 5.5',
      { model: 'claude-sonnet-5-5', tool_choice: { type: 'tool', name: 'get_weather' } },
      /claude-sonnet-5-5/,
    ],
    [
      'a forced call with no tokens to write it',
      { max_tokens: 0, tool_choice: { type: 'any' } },
      /max_tokens/,
    ],
  ])('%s', async (_, params, message) => {
    const answer = await messageOf(await post(simulator, { ...BASE, ...params }));
    expect(answer).toMatch(/^400 /);
    expect(answer).toMatch(message);
  });
});
