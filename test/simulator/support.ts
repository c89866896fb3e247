import { readFileSync } from 'node:fs';
import Anthropic from '@anthropic-ai/sdk';
import { composeReply } from '../../src/simulator/answers/reply.ts';
import { findModel } from '../../src/simulator/models.ts';
import type { Simulator } from '../../src/simulator/server.ts';

export function fixture(name: string): string {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
}

export function clientFor({ url }: Simulator): Anthropic {
  return new Anthropic({ apiKey: 'test', baseURL: url, maxRetries: 0, openTelemetry: false });
}

export const STRING = { type: 'string' };
export const NUMBER = { type: 'number' };
export const INTEGER = { type: 'integer' };
export const BOOLEAN = { type: 'boolean' };
export const DATE = { type: 'string', format: 'date' };

export function nullable(schema: object): object {
  return { anyOf: [schema, { type: 'null' }] };
}

export function listOf(items: object): object {
  return { type: 'array', items };
}

export function objectOf(properties: Record<string, object>): Record<string, unknown> {
  const required = Object.keys(properties);
  return { type: 'object', properties, required, additionalProperties: false };
}

/** What the brain writes for one user message, as plain text. */
export function say(user: string, system = ''): string {
  return composeReply(buildPrompt(user, system, null));
}

/** What the brain writes for one user message under a schema, parsed. */
export function fill(
  user: string,
  schema: Record<string, unknown>,
  system = '',
): Record<string, unknown> {
  return JSON.parse(composeReply(buildPrompt(user, system, schema))) as Record<string, unknown>;
}

function buildPrompt(
  user: string,
  system: string,
  schema: Record<string, unknown> | null,
): Parameters<typeof composeReply>[0] {
  const turns = [{ role: 'user' as const, text: user, attachments: 0 }];
  return { model: findModel('claude-haiku-5-5'), system, turns, tools: [], schema };
}
