import { ConnectionReset, toApiError } from './errors.ts';
import { readAsked } from './faults/fault-target.ts';
import { chooseFault } from './faults/choose-fault.ts';
import type { Effects } from './faults/fault.ts';
import { FAULT_HEADER } from './faults/header.ts';
import { holdHeaders } from './faults/hold-headers.ts';
import { holdTokens } from './faults/pace.ts';
import type { FaultParts } from './faults/routes.ts';
import { openWire } from './faults/wire.ts';
import { readJson, sendJson } from './http.ts';
import type { HttpExchange } from './http.ts';
import type { LedgerAttempt, Ledger } from './ledger.ts';
import { MESSAGE_STOP, PING, messageDelta, messageStart, toMessage } from './message.ts';
import { awaitFirstToken } from './pacing.ts';
import { planCount, planMessage } from './plan-message.ts';
import type { MessagePlan, MessagePlanParts } from './plan-message.ts';
import { openEventStream } from './sse.ts';
import { authorize } from './validate-request.ts';
import { writeBlocks } from './write-blocks.ts';
import type { WrittenPiece } from './write-blocks.ts';

const BODY_LIMIT_BYTES = 32 * 1024 * 1024;
/** Status that proxies of the real API log when the client left before the status. */
const CLIENT_CLOSED_REQUEST = 499;

export interface MessagesParts extends MessagePlanParts, FaultParts {
  readonly ledger: Ledger;
  readonly now: () => Date;
}

/** A validated request with all that is decided before its first token is written. */
interface Run extends MessagePlan {
  readonly exchange: HttpExchange;
  readonly attempt: LedgerAttempt;
  readonly effects: Effects;
}

/** `POST /v1/messages`: leaves exactly one ledger entry, however it ends. */
export async function createMessage(exchange: HttpExchange, parts: MessagesParts): Promise<void> {
  const retries = Number(exchange.request.headers['x-stainless-retry-count'] ?? 0);
  const attempt = parts.ledger.open(exchange.requestId, Number.isInteger(retries) ? retries : 0);
  try {
    const run = await prepare(exchange, { attempt, parts });
    const isHeld = await holdHeaders(exchange, run.effects, parts.now());
    if (!isHeld || !(await awaitFirstToken(run.pacing, exchange.gone))) {
      attempt.end('client_gone', CLIENT_CLOSED_REQUEST);
      return;
    }
    // Only from here on may others read the prefix from the cache.
    run.storePrefix();
    await (run.stream ? streamMessage(run) : sendMessage(run));
  } catch (error) {
    const isGone = exchange.gone.aborted || exchange.request.errored !== null;
    if (isGone) attempt.end('client_gone', CLIENT_CLOSED_REQUEST);
    else attempt.end('error', error instanceof ConnectionReset ? null : toApiError(error).status);
    throw error;
  }
}

export async function countMessageTokens(
  exchange: HttpExchange,
  parts: MessagesParts,
): Promise<void> {
  const version = authorize(exchange.request.headers);
  const body = await readJson(exchange.request, BODY_LIMIT_BYTES);
  sendJson(exchange.response, 200, planCount(body, { version, exchange, parts }));
}

async function prepare(
  exchange: HttpExchange,
  { attempt, parts }: { attempt: LedgerAttempt; parts: MessagesParts },
): Promise<Run> {
  const version = authorize(exchange.request.headers);
  const body = await readJson(exchange.request, BODY_LIMIT_BYTES);
  const effects = strike(exchange, body, { attempt, parts });
  const planned = planMessage(body, { version, exchange, parts }, effects);
  const plan = effects.plan?.(planned) ?? planned;
  attempt.begin(plan);
  return { exchange, attempt, effects, ...plan };
}

/** Finds the fault of this request, if any; throws when an error is all that comes of it. */
function strike(
  { request, requestId }: HttpExchange,
  body: unknown,
  { attempt, parts }: { attempt: LedgerAttempt; parts: MessagesParts },
): Effects {
  const asked = readAsked(body);
  const { model, isStream: stream } = asked;
  attempt.ask({ model, stream, fault: null });
  const { name: fault, effects } = chooseFault(
    { asked, header: request.headers[FAULT_HEADER], rules: parts.faults },
    { now: parts.now(), requestId },
  );
  attempt.ask({ model, stream, fault });
  if (effects.error) throw effects.error;
  return effects;
}

async function sendMessage(run: Run): Promise<void> {
  const { exchange, attempt, effects } = run;
  let textChars = 0;
  for await (const written of generate(run)) textChars += written.textChars;
  if (exchange.gone.aborted) {
    attempt.end('client_gone', CLIENT_CLOSED_REQUEST);
    return;
  }
  const message = toMessage(run, run.generation);
  attempt.delivered({ events: 0, textChars });
  attempt.end('complete', 200);
  exchange.response.once('finish', () => {
    attempt.read({ events: 0, textChars });
  });
  sendJson(exchange.response, 200, effects.body?.(message) ?? message);
}

async function streamMessage(run: Run): Promise<void> {
  const { exchange, attempt, generation } = run;
  const wire = openWire(run);
  openEventStream(exchange.response);
  await wire.send(messageStart(run));
  await wire.send(PING);
  for await (const { event, textChars } of generate(run)) {
    if (event && !(await wire.send(event, textChars))) break;
  }
  await wire.send(messageDelta(run.usage, generation));
  const whole = await wire.send(MESSAGE_STOP);
  attempt.end(whole ? 'complete' : 'client_gone', 200);
  exchange.response.end();
}

/** Writes the answer out and books every token at the moment it exists. */
async function* generate(run: Run): AsyncGenerator<WrittenPiece> {
  const { exchange, usage, generation, pacing } = run;
  const blocks = writeBlocks(generation, pacing, exchange.gone);
  for await (const written of holdTokens(blocks, run.effects, exchange.gone)) {
    usage.output_tokens += written.tokens;
    usage.output_tokens_details.thinking_tokens += written.thinkingTokens;
    run.spendOutput(written.tokens);
    yield written;
  }
}
