import type Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSAL_TRIGGER } from '../../src/simulator/refusal.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { user } from './protocol.ts';
import { clientFor } from './support.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'refusal' });
  client = clientFor(simulator);
});

afterAll(() => simulator.close());

const DECLINED = {
  model: 'claude-sonnet-5-5',
  max_tokens: 100,
  messages: [user(`What does ${REFUSAL_TRIGGER}_1FAEFB6177B4672D mean?`)],
};
const EXPECTED = {
  content: [],
  stop_reason: 'refusal',
  stop_sequence: null,
  stop_details: { type: 'refusal', category: 'general_harms' },
};

describe('a refusal', () => {
  it('is an empty answer that says why, and free', async () => {
    const message = await client.messages.create(DECLINED);
    expect(message).toMatchObject(EXPECTED);
    expect(message.stop_details?.explanation).toBeTruthy();
    expect(message.usage).toMatchObject({ input_tokens: 0, output_tokens: 0 });
    expect(simulator.ledger().at(-1)).toMatchObject({ status: 200, billed_nano_usd: 0 });
  });

  it('streams as a message without blocks', async () => {
    const stream = client.messages.stream(DECLINED);
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types).toEqual(['message_start', 'message_delta', 'message_stop']);
    expect(await stream.finalMessage()).toMatchObject(EXPECTED);
  });

  it('is caused by the system prompt too', async () => {
    const messages = [user('Hello.')];
    const message = await client.messages.create({
      ...DECLINED,
      messages,
      system: REFUSAL_TRIGGER,
    });
    expect(message.stop_reason).toBe('refusal');
  });
});
