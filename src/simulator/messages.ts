import { composeReply } from './brain/reply.ts';
import { invalid, toApiError } from './errors.ts';
import { planGeneration } from './generation.ts';
import type { Generation } from './generation.ts';
import { readJson, sendJson } from './http.ts';
import type { Exchange } from './http.ts';
import type { Attempt, Ledger } from './ledger.ts';
import { MESSAGE_STOP, PING, blockStart, blockStop } from './message.ts';
import { messageDelta, messageStart, textDelta, toMessage } from './message.ts';
import { buildTempo, writeOut } from './pace.ts';
import type { Delta, Tempo } from './pace.ts';
import { countPromptTokens } from './prompt-tokens.ts';
import { openEventStream, writeEvent } from './sse.ts';
import type { SseEvent } from './sse.ts';
import { buildUsage } from './usage.ts';
import type { Usage } from './usage.ts';
import { parseMessagesRequest, parsePrompt, authorize } from './validate-request.ts';
import type { MessagesRequest } from './validate-request.ts';

const BODY_LIMIT_BYTES = 32 * 1024 * 1024;
/** What proxies in front of the real API log when the client left before the status. */
const CLIENT_CLOSED_REQUEST = 499;

export interface MessagesParts {
  readonly ledger: Ledger;
  readonly newId: (prefix: 'msg' | 'req') => string;
  readonly speed: number;
  readonly seed: string;
}

/** A validated request with all that is decided before its first token is written. */
interface Run {
  readonly exchange: Exchange;
  readonly attempt: Attempt;
  readonly id: string;
  readonly model: string;
  readonly usage: Usage;
  readonly generation: Generation;
  readonly tempo: Tempo;
}

/** `POST /v1/messages`: leaves exactly one ledger entry, however it ends. */
export async function createMessage(exchange: Exchange, parts: MessagesParts): Promise<void> {
  const retries = Number(exchange.request.headers['x-stainless-retry-count'] ?? 0);
  const attempt = parts.ledger.open(exchange.requestId, Number.isInteger(retries) ? retries : 0);
  try {
    const version = authorize(exchange.request.headers);
    const body = await readJson(exchange.request, BODY_LIMIT_BYTES);
    const request = parseMessagesRequest(body, version);
    const run = prepare(request, { exchange, attempt, parts });
    await (request.stream ? streamMessage(run) : sendMessage(run));
  } catch (error) {
    const isGone = exchange.gone.aborted || exchange.request.errored !== null;
    if (isGone) attempt.end('client_gone', CLIENT_CLOSED_REQUEST);
    else attempt.end('error', toApiError(error).status);
    throw error;
  }
}

export async function countMessageTokens({ request, response }: Exchange): Promise<void> {
  const version = authorize(request.headers);
  const prompt = parsePrompt(await readJson(request, BODY_LIMIT_BYTES), version);
  sendJson(response, 200, { input_tokens: countPromptTokens(prompt) });
}

function prepare(
  request: MessagesRequest,
  { exchange, attempt, parts }: Pick<Run, 'exchange' | 'attempt'> & { parts: MessagesParts },
): Run {
  const inputTokens = countPromptTokens(request);
  const { id: model, maxInputTokens } = request.model;
  if (inputTokens > maxInputTokens) {
    const counts = `${String(inputTokens)} tokens > ${String(maxInputTokens)} maximum`;
    throw invalid(`prompt is too long: ${counts}`);
  }
  const text = request.maxTokens === 0 ? '' : composeReply(request);
  const usage = buildUsage(inputTokens);
  const id = parts.newId('msg');
  attempt.begin({ id, model, stream: request.stream, usage });
  const generation =
    request.maxTokens === 0
      ? ({ tokens: [], stopReason: 'max_tokens', stopSequence: null } as const)
      : planGeneration(text, request);
  const tempo = buildTempo(parts.speed, `${parts.seed}:${JSON.stringify(request.turns)}`);
  return { exchange, attempt, id, model, usage, generation, tempo };
}

async function sendMessage(run: Run): Promise<void> {
  const { exchange, attempt, generation } = run;
  let text = '';
  for await (const delta of generate(run)) text += delta.text;
  if (exchange.gone.aborted) {
    attempt.end('client_gone', CLIENT_CLOSED_REQUEST);
    return;
  }
  attempt.delivered({ events: 0, textChars: text.length });
  attempt.end('complete', 200);
  sendJson(exchange.response, 200, toMessage(run, text, generation));
}

async function streamMessage(run: Run): Promise<void> {
  const { exchange, attempt, generation } = run;
  async function send(event: SseEvent, textChars = 0): Promise<boolean> {
    const alive = await writeEvent(exchange.response, event);
    if (alive) attempt.delivered({ events: 1, textChars });
    return alive;
  }
  openEventStream(exchange.response);
  await send(messageStart(run));
  await send(PING);
  await send(blockStart());
  for await (const { text } of generate(run)) {
    if (!(await send(textDelta(text), text.length))) break;
  }
  await send(blockStop());
  await send(messageDelta(run.usage, generation));
  const whole = await send(MESSAGE_STOP);
  attempt.end(whole ? 'complete' : 'client_gone', 200);
  exchange.response.end();
}

/** Writes the answer out and books every token at the moment it exists. */
async function* generate({ exchange, usage, generation, tempo }: Run): AsyncGenerator<Delta> {
  for await (const delta of writeOut(generation.tokens, tempo, exchange.gone)) {
    usage.output_tokens += delta.tokens;
    yield delta;
  }
}
