import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, invalid } from './errors.ts';
import { isList, isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { findModel } from './models.ts';
import type { ModelFacts } from './models.ts';
import { readFormat, readStopSequences, readSystem, readTurns } from './validate-content.ts';
import type { Turn } from './validate-content.ts';

/** What the model is asked, in whichever form it came. */
export interface Prompt {
  readonly model: ModelFacts;
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The JSON text of every tool definition: they are part of the bill. */
  readonly tools: readonly string[];
  /** The JSON Schema the answer must obey, if any. */
  readonly schema: JsonObject | null;
}

export interface MessagesRequest extends Prompt {
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
  readonly stream: boolean;
}

const VERSIONS = ['2023-06-01', '2026-10-21'] as const;
type Version = (typeof VERSIONS)[number];

const SAMPLING = ['temperature', 'top_p', 'top_k'];
const MAX_TURNS = 100_000;

/** Any key will do, in either header; what the caller gets back is the version it speaks. */
export function authorize(headers: IncomingHttpHeaders): Version {
  const bearer = /^Bearer\s+(\S+)/i.exec(headers.authorization ?? '')?.[1];
  if (!(headers['x-api-key'] ?? bearer)) {
    throw new ApiError('authentication_error', 'x-api-key header is required');
  }
  const asked = headers['anthropic-version'];
  if (asked === undefined) throw invalid('anthropic-version: header is required');
  const version = VERSIONS.find((known) => known === asked);
  if (!version) throw invalid(`anthropic-version: "${String(asked)}" is not a valid version`);
  return version;
}

export function parseMessagesRequest(body: unknown, version: Version): MessagesRequest {
  const prompt = parsePrompt(body, version);
  const fields = body as JsonObject;
  const request = {
    ...prompt,
    maxTokens: readMaxTokens(fields, prompt.model),
    stopSequences: readStopSequences(fields['stop_sequences']),
    stream: readStream(fields['stream']),
  };
  if (request.maxTokens === 0 && (request.stream || request.schema)) {
    throw invalid('max_tokens: 0 can not be combined with stream or output_config.format');
  }
  return request;
}

/** The part that `count_tokens` shares. */
export function parsePrompt(body: unknown, version: Version): Prompt {
  if (!isObject(body)) throw invalid('The request body must be a JSON object');
  if (version === '2026-10-21') refuseSampling(body);
  const { model: id } = body as { model?: unknown };
  if (id === undefined) throw invalid('model: Field required');
  if (typeof id !== 'string') throw invalid('model: Input should be a valid string');
  const model = findModel(id);
  const turns = readTurns(body['messages']);
  if (turns.length > MAX_TURNS) throw invalid(`messages: at most ${String(MAX_TURNS)} are allowed`);
  refusePrefill(model, turns);
  refuseThinkingBudget(model, body['thinking']);
  return {
    model,
    turns,
    system: readSystem(body['system']),
    tools: readTools(body['tools']),
    schema: readFormat(body['output_config']),
  };
}

function refuseSampling(body: JsonObject): void {
  const found = SAMPLING.find((name) => body[name] !== undefined);
  if (found) throw invalid(`${found}: Extra inputs are not permitted`);
}

function refusePrefill(model: ModelFacts, turns: readonly Turn[]): void {
  if (turns.at(-1)?.role !== 'assistant' || model.acceptsPrefill) return;
  throw invalid(
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  );
}

function refuseThinkingBudget(model: ModelFacts, thinking: unknown): void {
  if (!isObject(thinking) || thinking['budget_tokens'] === undefined) return;
  if (!model.acceptsThinkingBudget) {
    throw invalid('thinking.budget_tokens: not supported by this model, use adaptive thinking');
  }
}

function readMaxTokens(body: JsonObject, model: ModelFacts): number {
  const value = body['max_tokens'];
  if (value === undefined) throw invalid('max_tokens: Field required');
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw invalid('max_tokens: Input should be a valid integer');
  }
  if (value < 0) throw invalid('max_tokens: Input should be greater than or equal to 0');
  if (value > model.maxOutputTokens) {
    const most = String(model.maxOutputTokens);
    throw invalid(
      `max_tokens: ${String(value)} > ${most}, which is the maximum allowed number of output tokens for ${model.id}`,
    );
  }
  return value;
}

function readStream(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw invalid('stream: Input should be a valid boolean');
  return value;
}

function readTools(value: unknown): string[] {
  if (value === undefined) return [];
  if (!isList(value)) throw invalid('tools: Input should be a valid list');
  return value.map((tool) => JSON.stringify(tool));
}
