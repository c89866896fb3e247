import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import {
  DAY_OF_TESTS,
  NEW_VERSION,
  OLD_VERSION,
  buildClock,
  messageOf,
  post,
  user,
} from './protocol.ts';
import { clientFor } from './support.ts';

const clock = buildClock(DAY_OF_TESTS);
const DAY_MS = 86_400_000;
let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator({ speed: Infinity, seed: 'versions', now: clock.now });
  client = clientFor(simulator);
});

afterAll(() => simulator.close());

const QUESTION = {
  model: 'claude-sonnet-5-5',
  max_tokens: 500,
  messages: [{ role: 'user', content: 'How high is a tower of 90 metres?' }],
};
const SIX = { ...QUESTION, model: 'claude-opus-4-6' };

async function ask(body: unknown, version = NEW_VERSION): Promise<string> {
  return messageOf(await post(simulator, body, { version }));
}

describe('version 2026-10-21', () => {
  it.each(['temperature', 'top_p', 'top_k'])('has no %s, for no model', async (name) => {
    expect(await ask({ ...SIX, [name]: 1 })).toBe(`400 ${name}: Extra inputs are not permitted`);
  });

  it('has no documents in what the assistant said', async () => {
    const document = { type: 'document', source: { type: 'text', data: 'A report.' } };
    const messages = [
      ...QUESTION.messages,
      { role: 'assistant', content: [document] },
      ...QUESTION.messages,
    ];
    expect(await ask({ ...QUESTION, messages })).toMatch(/^400 messages\.1\.content\.0/);
    expect(await ask({ ...QUESTION, messages }, OLD_VERSION)).toBe('200 OK');
    expect(await ask({ ...QUESTION, messages: [user([document] as never)] })).toBe('200 OK');
  });

  it('has no citations in what the user said, unless the list is empty', async () => {
    const citing = (citations: unknown[]) => ({
      ...QUESTION,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'So it says.', citations }] }],
    });
    expect(await ask(citing([{ type: 'char_location' }]))).toMatch(/^400 .*citations/);
    expect(await ask(citing([{ type: 'char_location' }]), OLD_VERSION)).toBe('200 OK');
    expect(await ask(citing([]))).toBe('200 OK');
  });
});

describe('version 2023-06-01', () => {
  it.each([
    ['temperature', 0.2],
    ['top_p', 0.9],
    ['top_k', 40],
  ])('takes a %s for models up to the 4.6 generation only', async (name, value) => {
    expect(await ask({ ...SIX, [name]: value }, OLD_VERSION)).toBe('200 OK');
    const newer = { ...QUESTION, model: 'claude-opus-4-7', [name]: value };
    expect(await ask(newer, OLD_VERSION)).toMatch(/^400 .*claude-opus-4-7/);
  });

  it('lets a newer model be told what it does anyway', async () => {
    expect(await ask({ ...QUESTION, temperature: 1 }, OLD_VERSION)).toBe('200 OK');
  });

  it('refuses a temperature above 1', async () => {
    expect(await ask({ ...SIX, temperature: 1.5 }, OLD_VERSION)).toMatch(/^400 temperature/);
  });
});

describe('a model', () => {
  it('takes system messages in a conversation only if it is a newer one', async () => {
    const messages = [...QUESTION.messages, { role: 'system', content: 'Be brief.' }];
    expect(await ask({ ...QUESTION, messages })).toBe('200 OK');
    expect(await ask({ ...SIX, messages })).toMatch(/^400 messages\.1\.role/);
  });

  it('has a largest max_tokens of its own', async () => {
    const old = { ...QUESTION, model: 'claude-haiku-4-5', max_tokens: 64_001 };
    expect(await ask(old)).toMatch(/^400 max_tokens: 64001 > 64000/);
    expect(await ask({ ...old, max_tokens: 64_000 })).toBe('200 OK');
  });

  it('serves until the day it retires, then is not found but still in the catalogue', async () => {
    const start = buildClock('2026-11-29T23:59:59Z');
    const other = await startSimulator({ speed: Infinity, now: start.now });
    const old = { ...QUESTION, model: 'claude-sonnet-4-5' };
    const lifecycle = async () =>
      (await clientFor(other).models.retrieve('claude-sonnet-4-5')).lifecycle;
    expect(await messageOf(await post(other, old))).toBe('200 OK');
    expect(await lifecycle()).toBe('deprecated');
    start.pass(1000);
    expect(await messageOf(await post(other, old))).toBe('404 model: claude-sonnet-4-5');
    expect(await messageOf(await post(other, old, { path: '/v1/messages/count_tokens' }))).toMatch(
      /^404/,
    );
    expect(await lifecycle()).toBe('retired');
    start.pass(-90 * DAY_MS);
    expect(await lifecycle()).toBe('active');
    await other.close();
  });
});

describe('GET /v1/models', () => {
  it('tells what a model can do and how long it will be there', async () => {
    const model = await client.models.retrieve('claude-sonnet-4-5-20250929');
    expect(model).toMatchObject({
      type: 'model',
      display_name: 'Claude Sonnet 4.5',
      line: 'sonnet',
      lifecycle: 'deprecated',
      retires_at: '2026-11-30T00:00:00Z',
      max_tokens: 64_000,
    });
    expect(model.deprecated_at).toMatch(/^2026-10-01T00:00:00Z$/);
    const opus = await client.models.retrieve('claude-opus-5-5');
    expect(opus).toMatchObject({ lifecycle: 'active', retires_at: null, deprecated_at: null });
    expect(opus.capabilities?.thinking.types).toMatchObject({
      adaptive: { supported: true },
      disabled: { supported: false },
      enabled: { supported: false },
    });
    expect(opus.capabilities?.effort.xhigh).toEqual({ supported: true });
    await expect(client.models.retrieve('claude-1')).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    );
  });

  it('is read page by page to the last model, each once', async () => {
    const whole = await client.models.list({ limit: 1000 });
    const ids: string[] = [];
    for await (const { id } of client.models.list({ limit: 4 })) ids.push(id);
    expect(ids).toEqual(whole.data.map(({ id }) => id));
    expect(ids).toContain('claude-haiku-5-5');
    expect(whole.has_more).toBe(false);
  });

  it('turns pages backward too', async () => {
    const whole = await client.models.list({ limit: 1000 });
    const back = await client.models.list({ limit: 2, before_id: whole.data[3]?.id ?? '' });
    expect(back.data.map(({ id }) => id)).toEqual(whole.data.slice(1, 3).map(({ id }) => id));
    expect(back.has_more).toBe(true);
  });

  it('shows retired models only to who asks for them', async () => {
    const ids = async (lifecycle?: 'retired') =>
      (await client.models.list(lifecycle ? { lifecycle: [lifecycle] } : {})).data.map((m) => m.id);
    expect(await ids()).not.toContain('claude-opus-4-1');
    expect(await ids('retired')).toContain('claude-opus-4-1');
    expect(await ids('retired')).not.toContain('claude-opus-5-5');
  });

  it.each(['limit=0', 'limit=1001', 'limit=x', 'after_id=none', 'lifecycle=old'])(
    'answers 400 to ?%s',
    async (query) => {
      const response = await fetch(`${simulator.url}/v1/models?${query}`, {
        headers: { 'x-api-key': 'k', 'anthropic-version': NEW_VERSION },
      });
      expect(response.status).toBe(400);
    },
  );
});
