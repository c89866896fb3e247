import type Anthropic from '@anthropic-ai/sdk';
import { expect } from 'vitest';
import type { Simulator } from '../../src/simulator/server.ts';
import { fixture } from './support.ts';

export const NEW_VERSION = '2026-10-21';
export const OLD_VERSION = '2023-06-01';

/** A request as no SDK would send it. */
export function post(
  { url }: Pick<Simulator, 'url'>,
  body: unknown,
  { version = NEW_VERSION, path = '/v1/messages' } = {},
): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { 'x-api-key': 'k', 'anthropic-version': version },
    body: JSON.stringify(body),
  });
}

export async function messageOf(response: Response): Promise<string> {
  const body = (await response.json()) as { error?: { message: string } };
  return `${String(response.status)} ${body.error?.message ?? 'OK'}`;
}

/** Time that passes only when told to. */
export function buildClock(start: string): { now: () => Date; pass: (ms: number) => void } {
  let ms = Date.parse(start);
  return {
    now: () => new Date(ms),
    pass: (passed) => {
      ms += passed;
    },
  };
}

/** A day on which every model that these tests ask is still served: the catalogue's end by the calendar. */
export const DAY_OF_TESTS = '2026-11-23T12:00:00Z';

export const MINUTE_MS = 60_000;

/** Far above every shortest prefix that is cached. */
export const LONG_TEXT = fixture('handbook.md').repeat(3);

export const CACHED = { type: 'ephemeral' } as const;
export const CACHED_LONG = { type: 'ephemeral', ttl: '1h' } as const;

export function block(
  text: string,
  cache_control: Anthropic.CacheControlEphemeral | null = null,
): Anthropic.TextBlockParam {
  return { type: 'text', text, ...(cache_control && { cache_control }) };
}

export function user(content: Anthropic.MessageParam['content']): Anthropic.MessageParam {
  return { role: 'user', content };
}

/** What a prompt is made of for the bill. */
export function splitOf({ usage }: Anthropic.Message): {
  fresh: number;
  read: number;
  write5m: number;
  write1h: number;
} {
  expect(usage.cache_creation_input_tokens).toBe(
    (usage.cache_creation?.ephemeral_5m_input_tokens ?? 0) +
      (usage.cache_creation?.ephemeral_1h_input_tokens ?? 0),
  );
  return {
    fresh: usage.input_tokens,
    read: usage.cache_read_input_tokens ?? 0,
    write5m: usage.cache_creation?.ephemeral_5m_input_tokens ?? 0,
    write1h: usage.cache_creation?.ephemeral_1h_input_tokens ?? 0,
  };
}
