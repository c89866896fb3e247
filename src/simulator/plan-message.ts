import type { Memory } from './answers/reply.ts';
import { composeDraft } from './compose-draft.ts';
import type { Documents } from './documents.ts';
import { invalid } from './errors.ts';
import { planGeneration } from './generation.ts';
import type { Generation } from './generation.ts';
import type { HttpExchange } from './http.ts';
import type { SimulatedModel } from './models.ts';
import { buildPacing } from './pacing.ts';
import type { Pacing } from './pacing.ts';
import type { PromptCacheUse, SimulatedPromptCache } from './prompt-cache.ts';
import { countPromptTokens, inBytes, scaleSegments } from './prompt-tokens.ts';
import type { NewId } from './random.ts';
import type { Pool, RateLimiter } from './rate-limits.ts';
import { REFUSAL, isRefused } from './refusal.ts';
import type { TokenizerFamily } from './tokens.ts';
import { buildUsage } from './usage.ts';
import type { MessageUsage } from './usage.ts';
import { parseMessagesRequest, parsePrompt } from './validate-request.ts';
import type { MessagesRequest } from './validate-request.ts';
import type { ApiVersion } from './version-rules.ts';

/** Parts outliving a request. */
export interface MessagePlanParts {
  readonly newId: NewId;
  readonly speed: number;
  readonly seed: string;
  readonly now: () => Date;
  readonly cache: SimulatedPromptCache;
  readonly documents: Documents;
  readonly rates: RateLimiter;
}

/** All that is decided before the first token is written. */
export interface MessagePlan {
  readonly id: string;
  readonly model: string;
  readonly family: TokenizerFamily;
  readonly stream: boolean;
  readonly maxTokens: number;
  readonly usage: MessageUsage;
  readonly generation: Generation;
  readonly pacing: Pacing;
  /** To be called when the answer begins: then others may read the prefix from the cache. */
  readonly storePrefix: () => void;
  /** To be called for tokens as they are written. */
  readonly spendOutput: (tokens: number) => void;
}

export interface MessageContext {
  readonly version: ApiVersion;
  readonly exchange: HttpExchange;
  readonly parts: MessagePlanParts;
}

/** A model's count of a prompt, where not as its tokenizer would. */
interface OddCount {
  promptFactor?: number;
  promptInBytes?: boolean;
}

export function planMessage(
  body: unknown,
  { version, exchange, parts }: MessageContext,
  { promptFactor = 1, promptInBytes = false }: OddCount = {},
): MessagePlan {
  const parsed = parseMessagesRequest(body, { version, today: parts.now() });
  const counted = promptInBytes ? inBytes(parsed.segments) : parsed.segments;
  const request = { ...parsed, segments: scaleSegments(counted, promptFactor) };
  const { model, stream, turns, maxTokens } = request;
  const promptTokens = countPromptTokens(counted, promptFactor);
  refuseTooLong(promptTokens, model);
  const cached = useCache(request, exchange, parts.cache);
  const pool = parts.rates.messages(model.id);
  const isDeclined = isRefused(request);
  // Cache reads do not count toward the limit.
  admit(pool, isDeclined ? 0 : promptTokens - cached.readTokens, exchange);
  return {
    id: parts.newId('msg'),
    model: model.id,
    family: model.family,
    stream,
    maxTokens,
    usage: isDeclined ? buildUsage(0) : buildUsage(promptTokens, cached),
    generation: isDeclined
      ? REFUSAL
      : plan(request, parts.newId, memoryOf(exchange, parts.documents)),
    pacing: buildPacing(parts.speed, `${parts.seed}:${JSON.stringify(turns)}`),
    storePrefix: () => {
      if (!isDeclined) cached.store();
    },
    spendOutput: (tokens) => {
      pool.spendOutput(tokens);
    },
  };
}

/** Accounts know nothing of each other. */
function memoryOf({ request }: HttpExchange, documents: Documents): Memory {
  const { 'x-api-key': key, authorization } = request.headers;
  const account = String(key ?? authorization ?? '');
  return {
    documents: documents.of(account),
    note: (text) => {
      documents.note(account, text);
    },
  };
}

function plan(request: MessagesRequest, newId: NewId, memory: Memory): Generation {
  const generation = planGeneration(composeDraft(request, newId, memory), request);
  // Nothing was to be written, and nothing is missing.
  return request.maxTokens === 0 ? { ...generation, stopReason: 'max_tokens' } : generation;
}

/** The answer of `count_tokens`: what a message would be billed, for nothing. */
export function planCount(body: unknown, { version, exchange, parts }: MessageContext): object {
  const { model, segments } = parsePrompt(body, { version, today: parts.now() });
  admit(parts.rates.counting(model.id), 0, exchange);
  return { input_tokens: countPromptTokens(segments) };
}

function refuseTooLong(promptTokens: number, { maxInputTokens }: SimulatedModel): void {
  if (promptTokens <= maxInputTokens) return;
  const counts = `${String(promptTokens)} tokens > ${String(maxInputTokens)} maximum`;
  throw invalid(`prompt is too long: ${counts}`);
}

function useCache(
  request: MessagesRequest,
  exchange: HttpExchange,
  cache: SimulatedPromptCache,
): PromptCacheUse {
  const { model, segments, toolChoice, thinking, turns } = request;
  const workspace = exchange.request.headers['anthropic-workspace-id'] ?? '';
  const hasImages = turns.some(({ attachments }) => attachments > 0);
  return cache.use({
    scope: `${model.id} ${String(workspace)}`,
    settings: JSON.stringify({ toolChoice, thinking, hasImages }),
    segments,
    minTokens: model.minCacheTokens,
  });
}

/** The state of the limits is told with every answer, be it this one or a refusal. */
function admit(pool: Pool, inputTokens: number, { response }: HttpExchange): void {
  const refusal = pool.admit(inputTokens);
  for (const [name, value] of Object.entries(pool.headers())) response.setHeader(name, value);
  if (refusal) throw refusal;
}
