import type Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ttl } from '../../src/simulator/cache-control.ts';
import { billNanoUsd } from '../../src/simulator/prices.ts';
import { buildPromptCache } from '../../src/simulator/prompt-cache.ts';
import type { Segment } from '../../src/simulator/segments.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import {
  CACHED,
  CACHED_LONG,
  DAY_OF_TESTS,
  LONG_TEXT,
  MINUTE_MS,
  block,
  buildClock,
} from './protocol.ts';
import { messageOf, post, splitOf, user } from './protocol.ts';
import { clientFor } from './support.ts';

let clock: ReturnType<typeof buildClock>;
let simulator: Simulator;
let client: Anthropic;

beforeEach(async () => {
  clock = buildClock(DAY_OF_TESTS);
  simulator = await startSimulator({ speed: Infinity, seed: 'cache', now: clock.now });
  client = clientFor(simulator);
});

afterEach(() => simulator.close());

type Params = Partial<Anthropic.MessageCreateParamsNonStreaming>;

const BASE = {
  model: 'claude-sonnet-5-5',
  max_tokens: 20,
  system: [block(LONG_TEXT, CACHED)],
  messages: [user('How do I return an item?')],
};

async function ask(params: Params = {}): Promise<ReturnType<typeof splitOf>> {
  return splitOf(await client.messages.create({ ...BASE, ...params }));
}

describe('a cached prefix', () => {
  it('is written once and read afterwards, and the prompt is as long as before', async () => {
    const written = await ask();
    const read = await ask();
    expect(written.write5m).toBeGreaterThan(1024);
    expect(written.read).toBe(0);
    expect(read).toEqual({ fresh: written.fresh, read: written.write5m, write5m: 0, write1h: 0 });
    const { model, system, messages } = BASE;
    const counted = await client.messages.countTokens({ model, system, messages });
    expect(counted.input_tokens).toBe(written.fresh + written.write5m);
  });

  it('is billed at the prices of writing and reading', async () => {
    await ask();
    await ask();
    const bills = simulator.ledger().map(({ usage, billed_nano_usd }) => {
      expect(usage).not.toBeNull();
      const bill = usage ? billNanoUsd(BASE.model, usage, clock.now()) : 0;
      return [billed_nano_usd, bill];
    });
    expect(bills[0]?.[0]).toBe(bills[0]?.[1]);
    expect(bills[1]?.[0]).toBeLessThan((bills[0]?.[0] ?? 0) / 4);
  });

  it('says so in message_start, with the split of the writes', async () => {
    const stream = await client.messages.create({ ...BASE, stream: true });
    for await (const event of stream) {
      if (event.type === 'message_start') {
        const { cache_creation, cache_creation_input_tokens: written } = event.message.usage;
        expect(cache_creation?.ephemeral_5m_input_tokens).toBe(written);
        expect(written).toBeGreaterThan(1024);
      }
      if (event.type === 'message_delta') {
        expect(event.usage.cache_creation_input_tokens).toBeGreaterThan(1024);
        expect(event.usage).not.toHaveProperty('cache_creation');
      }
    }
  });

  it('is forgotten after five minutes, or an hour if that was asked for', async () => {
    const long = { system: [block(LONG_TEXT, CACHED_LONG)], model: 'claude-opus-5-5' };
    await ask();
    expect((await ask(long)).write1h).toBeGreaterThan(1024);
    clock.pass(5 * MINUTE_MS);
    expect(await ask()).toMatchObject({ read: 0 });
    expect((await ask(long)).read).toBeGreaterThan(1024);
    clock.pass(60 * MINUTE_MS);
    expect(await ask(long)).toMatchObject({ read: 0 });
  });

  it('lives on with every read', async () => {
    await ask();
    for (let reads = 0; reads < 4; reads += 1) {
      clock.pass(4 * MINUTE_MS);
      expect((await ask()).read).toBeGreaterThan(1024);
    }
  });

  it('is silently not cached when it is too short for the model', async () => {
    const short = { system: [block(LONG_TEXT.slice(0, 6000), CACHED)] };
    expect((await ask(short)).write5m).toBeGreaterThan(1024);
    const old = { ...short, model: 'claude-haiku-4-5' };
    expect(await ask(old)).toMatchObject({ write5m: 0, read: 0 });
    expect(await ask(old)).toMatchObject({ write5m: 0, read: 0 });
  });

  it('belongs to one model and one workspace', async () => {
    await ask();
    expect(await ask({ model: 'claude-opus-5-5' })).toMatchObject({ read: 0 });
    const headers = { 'anthropic-workspace-id': 'wrkspc_1' };
    const other = await client.messages.create(BASE, { headers });
    expect(splitOf(other)).toMatchObject({ read: 0 });
    expect(splitOf(await client.messages.create(BASE, { headers })).read).toBeGreaterThan(1024);
  });

  it('is another one as soon as a word of it changes', async () => {
    await ask();
    expect(await ask({ system: [block(`${LONG_TEXT}!`, CACHED)] })).toMatchObject({ read: 0 });
  });

  it('can be warmed up by a request for no tokens', async () => {
    const warm = await client.messages.create({ ...BASE, max_tokens: 0 });
    expect(warm).toMatchObject({ content: [], stop_reason: 'max_tokens' });
    expect(splitOf(warm).write5m).toBeGreaterThan(1024);
    expect(simulator.ledger()[0]?.billed_nano_usd).toBeGreaterThan(0);
    expect((await ask()).read).toBe(splitOf(warm).write5m);
  });
});

describe('a conversation', () => {
  const turns = (count: number): Anthropic.MessageParam[] =>
    Array.from({ length: count }, (_, at) =>
      at % 2 === 0 ? user(`Question ${String(at)}`) : { role: 'assistant', content: 'An answer.' },
    );

  it('is cached further with every turn by an automatic breakpoint', async () => {
    const grow = (count: number) => ask({ messages: turns(count), cache_control: CACHED });
    const first = await grow(1);
    const second = await grow(3);
    expect(first.read).toBe(0);
    expect(second.read).toBe(first.write5m);
    expect(second.write5m).toBeGreaterThan(0);
    expect((await grow(5)).read).toBe(second.read + second.write5m);
  });

  it.each([
    [20, true],
    [21, false],
  ])(
    'looks back 20 blocks: a prefix %i blocks long from there counts: %s',
    async (blocks, isHit) => {
      const marked = (count: number) => {
        const texts = Array.from({ length: count }, (_, at) => block(`Paragraph ${String(at)}.`));
        const first = block(LONG_TEXT);
        return { system: '', messages: [user([first, ...texts])], cache_control: CACHED };
      };
      await ask(marked(0));
      const read = (await ask(marked(blocks - 1))).read;
      expect(read > 0).toBe(isHit);
    },
  );

  it('keeps tools and system when tool_choice, thinking or an image change', async () => {
    const tools = [{ name: 'ring', input_schema: { type: 'object' as const } }];
    const system = [block(LONG_TEXT, CACHED)];
    const marked = { tools, system, cache_control: CACHED };
    const first = await ask(marked);
    const whole = await ask(marked);
    expect(whole.read).toBe(first.write5m);
    const image: Anthropic.ImageBlockParam = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
    };
    for (const changed of [
      { tool_choice: { type: 'none' as const } },
      { thinking: { type: 'adaptive' as const } },
      { messages: [...BASE.messages, user([image])] },
    ]) {
      const split = await ask({ ...marked, ...changed });
      expect(split.read).toBeLessThan(whole.read);
      expect(split.read).toBeGreaterThan(1024);
    }
  });

  it('keeps the tools when the system changes, and nothing when the tools do', async () => {
    const tool = (description: string) => [
      {
        name: 'look_up',
        description,
        input_schema: { type: 'object' as const },
        cache_control: CACHED,
      },
    ];
    const first = await ask({ tools: tool(LONG_TEXT) });
    const other = await ask({ tools: tool(LONG_TEXT), system: [block('Be kind.', CACHED)] });
    expect(other.read).toBeGreaterThan(1024);
    expect(other.read).toBeLessThan(first.write5m);
    expect(await ask({ tools: tool(`${LONG_TEXT}!`) })).toMatchObject({ read: 0 });
  });

  it('may be cached for an hour at its beginning and five minutes at its end', async () => {
    const mixed = {
      system: [block(LONG_TEXT, CACHED_LONG)],
      messages: [user([block(LONG_TEXT, CACHED), block('And now?')])],
    };
    const first = await ask(mixed);
    expect(first.write1h).toBeGreaterThan(1024);
    expect(first.write5m).toBeGreaterThan(1024);
    clock.pass(6 * MINUTE_MS);
    expect(await ask(mixed)).toEqual({
      fresh: first.fresh,
      read: first.write1h,
      write5m: first.write5m,
      write1h: 0,
    });
  });
});

describe('the moment an entry can be read', () => {
  it('is when the first answer begins, not when its request came', async () => {
    const slow = await startSimulator({ speed: 0.5, seed: 'slow' });
    const brief = { ...BASE, max_tokens: 1 };
    const writers = await Promise.all([1, 2].map(() => clientFor(slow).messages.create(brief)));
    expect(writers.map((message) => splitOf(message).read)).toEqual([0, 0]);
    const stream = await clientFor(slow).messages.create({
      ...BASE,
      model: 'claude-opus-5-5',
      stream: true,
    });
    for await (const event of stream) {
      expect(event.type).toBe('message_start');
      break;
    }
    const reader = await clientFor(slow).messages.create({ ...brief, model: 'claude-opus-5-5' });
    expect(splitOf(reader).read).toBeGreaterThan(1024);
    await slow.close();
  });
});

describe('the cache itself', () => {
  const mark = (key: string, tokens: number, ttl: Ttl | null): Segment => ({
    layer: 'messages',
    key,
    tokens,
    bytes: tokens,
    ttl,
    isCacheable: true,
  });
  const request = (...segments: Segment[]) => ({
    scope: 'one',
    settings: '',
    segments,
    minTokens: 10,
  });

  it('never bills a token twice, nor one that is not there', () => {
    const ttl = fc.constantFrom<Ttl | null>(null, null, '5m');
    const segment = fc.tuple(fc.constantFrom('a', 'b'), ttl).map(([key, life]) =>
      // The same text has the same length.
      mark(key, key === 'a' ? 7 : 4, life),
    );
    fc.assert(
      fc.property(fc.array(fc.array(segment, { maxLength: 30 }), { maxLength: 8 }), (prompts) => {
        const cache = buildPromptCache(clock.now, 100);
        for (const segments of prompts) {
          const use = cache.use(request(...segments));
          const total = segments.reduce((sum, { tokens }) => sum + tokens, 0);
          const billed = use.readTokens + use.write5mTokens + use.write1hTokens;
          expect(Math.min(use.readTokens, use.write5mTokens)).toBeGreaterThanOrEqual(0);
          expect(billed).toBeLessThanOrEqual(total);
          use.store();
          if (billed > 0) expect(cache.use(request(...segments)).readTokens).toBe(billed);
        }
      }),
    );
  });

  it('keeps the prefixes used last and no more than it may', () => {
    const cache = buildPromptCache(clock.now, 2);
    const use = (key: string): number => {
      const used = cache.use(request(mark(key, 10, '5m')));
      used.store();
      return used.readTokens;
    };
    expect([use('a'), use('b'), use('a'), use('c')]).toEqual([0, 0, 10, 0]);
    expect([use('a'), use('b')]).toEqual([10, 0]);
  });
});

describe('breakpoints', () => {
  const refused = async (params: object): Promise<string> =>
    messageOf(await post(simulator, { ...BASE, ...params }));
  const marks = (count: number) =>
    Array.from({ length: count }, (_, at) => block(`Part ${String(at)}.`, CACHED));

  it('are at most four, the automatic one included', async () => {
    expect(await refused({ system: marks(5) })).toMatch(/^400 A maximum of 4 .* Found 5/);
    expect(await refused({ system: marks(4) })).toBe('200 OK');
    expect(await refused({ system: marks(4), cache_control: CACHED })).toMatch(/^400 .* Found 5/);
    expect(await refused({ system: marks(3), cache_control: CACHED })).toBe('200 OK');
  });

  it('of one hour come before those of five minutes', async () => {
    const system = [block('One.', CACHED), block('Two.', CACHED_LONG)];
    expect(await refused({ system })).toMatch(/^400 .*ttl='1h'.* must not come after/);
    expect(await refused({ cache_control: CACHED_LONG })).toMatch(/^400/);
  });

  it('do not contradict each other on the last block', async () => {
    const messages = [user([block('Hello.', CACHED_LONG)])];
    const same = { system: '', messages, cache_control: CACHED_LONG };
    expect(await refused(same)).toBe('200 OK');
    expect(await refused({ ...same, cache_control: CACHED })).toMatch(/^400 cache_control/);
  });

  it.each([
    [{ type: 'eternal' }, /cache_control\.type/],
    [{ type: 'ephemeral', ttl: '1d' }, /cache_control\.ttl/],
  ])('are refused as %j', async (cache_control, message) => {
    const system = [{ ...block('One.'), cache_control }];
    expect(await refused({ system })).toMatch(message);
  });
});
