import type Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { countTokens } from '../../src/simulator/tokens.ts';
import { CACHED, LONG_TEXT, block, splitOf, user } from './protocol.ts';
import { clientFor } from './support.ts';
import { runs } from '../support/depth.ts';

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'counting' });
  client = clientFor(simulator);
});

afterAll(() => simulator.close());

const text = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' });
const mark = fc.constantFrom(null, null, CACHED);
const image: Anthropic.ImageBlockParam = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
};

const content: fc.Arbitrary<Anthropic.MessageParam['content']> = fc.oneof(
  text,
  fc.array(
    fc.tuple(text, mark).map(([said, cache]) => block(said, cache)),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  fc.constant<Anthropic.ContentBlockParam[]>([image]),
);

const tool = fc.record({ name: fc.constant('look_up'), description: text }).map((facts) => ({
  ...facts,
  input_schema: { type: 'object' as const },
}));

const prompt = fc.record(
  {
    model: fc.constantFrom('claude-haiku-5-5', 'claude-opus-5-5', 'claude-sonnet-4-6'),
    messages: fc.tuple(content, text).map(([one, other]) => [user(one), user(other)]),
    system: fc.oneof(text, fc.constant<Anthropic.TextBlockParam[]>([block(LONG_TEXT, CACHED)])),
    tools: fc.array(tool, { maxLength: 1 }),
    output_config: fc.constant({
      format: { type: 'json_schema' as const, schema: { type: 'object', properties: {} } },
    }),
  },
  { requiredKeys: ['model', 'messages'] },
);

describe('count_tokens', () => {
  it('says exactly what a message is billed for, cached or not, and costs nothing', async () => {
    await fc.assert(
      fc.asyncProperty(prompt, async (asked) => {
        const params = { ...asked, system: asked.system ?? '' };
        const before = simulator.ledger().length;
        const { input_tokens } = await client.messages.countTokens(params);
        expect(simulator.ledger()).toHaveLength(before);
        const { fresh, read, write5m, write1h } = splitOf(
          await client.messages.create({ ...params, max_tokens: 1 }),
        );
        expect(input_tokens).toBe(fresh + read + write5m + write1h);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('the tokens of a text', () => {
  it('are not the same number for every model of the newer family', async () => {
    const counts = await Promise.all(
      ['claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-opus-5-5'].map(async (model) => {
        const messages = [user(LONG_TEXT)];
        return (await client.messages.countTokens({ model, messages })).input_tokens;
      }),
    );
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(counts).size).toBe(3);
    const old = countTokens(LONG_TEXT, 'v3');
    for (const [family, factor] of [
      ['v47-haiku', 1.27],
      ['v47', 1.3],
      ['v47-opus', 1.34],
    ] as const) {
      expect(countTokens(LONG_TEXT, family) / old).toBeCloseTo(factor, 1);
    }
  });
});
