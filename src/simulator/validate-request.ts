import type { IncomingHttpHeaders } from 'node:http';
import { checkBreakpoints, markLast, readTtl } from './cache-control.ts';
import { ApiError, invalid } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import { findServedModel } from './models.ts';
import type { SimulatedModel } from './models.ts';
import { toSegments } from './segments.ts';
import type { Segment } from './segments.ts';
import { checkToolResults, readLastAsked, readLastResults } from './tool-results.ts';
import type { ToolResult } from './tool-results.ts';
import { readFormat, readStopSequences, readSystem, readTurns } from './validate-content.ts';
import type { MessageTurn } from './validate-content.ts';
import { readThinking } from './validate-thinking.ts';
import type { ThinkingConfig } from './validate-thinking.ts';
import { isForced, readToolChoice, readTools } from './validate-tools.ts';
import type { OfferedTool, ToolChoice } from './validate-tools.ts';
import { VERSIONS, refuseOldBlocks, refuseSampling } from './version-rules.ts';
import type { ApiVersion } from './version-rules.ts';

/** A prompt to the model, in whichever form it came. */
export interface Prompt {
  readonly model: SimulatedModel;
  readonly system: string;
  readonly turns: readonly MessageTurn[];
  readonly tools: readonly OfferedTool[];
  /** The JSON Schema the answer must obey, if any. */
  readonly schema: JsonObject | null;
}

/** A prompt with what decides its bill and the form of its answer. */
export interface PromptRequest extends Prompt {
  readonly segments: readonly Segment[];
  readonly toolChoice: ToolChoice;
  readonly thinking: ThinkingConfig;
  /** Words a person said last, and what tools have answered since. */
  readonly asked: string;
  readonly results: readonly ToolResult[];
}

export interface MessagesRequest extends PromptRequest {
  readonly maxTokens: number;
  readonly stopSequences: readonly string[];
  readonly stream: boolean;
}

/** The rules of which day and which version a request has to keep. */
export interface Rules {
  readonly version: ApiVersion;
  readonly today: Date;
}

const MAX_TURNS = 100_000;

/** Any key will do, in either header; what the caller gets back is the version it speaks. */
export function authorize(headers: IncomingHttpHeaders): ApiVersion {
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

export function parseMessagesRequest(body: unknown, rules: Rules): MessagesRequest {
  const prompt = parsePrompt(body, rules);
  const fields = body as JsonObject;
  const request = {
    ...prompt,
    maxTokens: readMaxTokens(fields, prompt.model),
    stopSequences: readStopSequences(fields['stop_sequences']),
    stream: readStream(fields['stream']),
  };
  if (request.maxTokens === 0) refuseWithoutAnswer(request);
  const { budgetTokens } = request.thinking;
  if (budgetTokens !== null && budgetTokens >= request.maxTokens) {
    throw invalid('max_tokens: must be greater than thinking.budget_tokens');
  }
  return request;
}

/** The part that `count_tokens` shares. */
export function parsePrompt(body: unknown, { version, today }: Rules): PromptRequest {
  if (!isObject(body)) throw invalid('The request body must be a JSON object');
  const model = readModel(body, today);
  refuseSampling(body, version, model);
  const turns = readTurns(body['messages']);
  refuseOldBlocks(body['messages'], version);
  refuseTurns(model, turns);
  checkToolResults(turns);
  const system = readSystem(body['system']);
  const tools = readTools(body['tools']);
  const schema = readFormat(body['output_config']);
  const thinking = readThinking(body, model);
  const toolChoice = readToolChoice(body['tool_choice'], { model, tools });
  if (isForced(toolChoice.type) && isThinking(thinking)) {
    throw invalid('Thinking may not be enabled when tool_choice forces tool use.');
  }
  const blocks = toSegments({ model, tools, schema, system: system.parts, turns });
  const segments = markLast(blocks, readTtl(body['cache_control'], 'body'));
  checkBreakpoints(segments);
  return {
    model,
    turns,
    system: system.text,
    tools,
    schema,
    segments,
    toolChoice,
    thinking,
    asked: readLastAsked(turns),
    results: readLastResults(turns),
  };
}

function readModel(body: JsonObject, today: Date): SimulatedModel {
  const { model: id } = body as { model?: unknown };
  if (id === undefined) throw invalid('model: Field required');
  if (typeof id !== 'string') throw invalid('model: Input should be a valid string');
  return findServedModel(id, today);
}

/** `between_tools` is a way to have thinking turned off. */
function isThinking({ type }: ThinkingConfig): boolean {
  return type === 'adaptive' || type === 'enabled';
}

/** A request that only warms the cache leaves no room for anything about an answer. */
function refuseWithoutAnswer(request: MessagesRequest): void {
  const { stream, schema, thinking, toolChoice } = request;
  if (stream || schema || isThinking(thinking) || isForced(toolChoice.type)) {
    throw invalid(
      'max_tokens: 0 can not be combined with stream, thinking, output_config.format or a forced tool_choice',
    );
  }
}

function refuseTurns(model: SimulatedModel, turns: readonly MessageTurn[]): void {
  if (turns.length > MAX_TURNS) throw invalid(`messages: at most ${String(MAX_TURNS)} are allowed`);
  const system = turns.findIndex(({ role }) => role === 'system');
  if (system >= 0 && !model.acceptsSystemTurns) {
    throw invalid(`messages.${String(system)}.role: 'system' is not supported by ${model.id}`);
  }
  if (turns.at(-1)?.role !== 'assistant' || model.acceptsPrefill) return;
  throw invalid(
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  );
}

function readMaxTokens(body: JsonObject, model: SimulatedModel): number {
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
