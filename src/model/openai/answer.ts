import { ProblemError } from '../../errors/problem.ts';
import { openBody, readAll, type Body } from '../http/body.ts';
import { mostBytesOf } from '../http/bounds.ts';
import type { LeanResponse } from '../http/lean-fetch.ts';
import { parseData, readEvents } from '../http/sse.ts';
import { Unreadable } from '../http/unreadable.ts';
import type { ModelEvent } from '../provider.ts';
import { isSameModel } from '../same-model.ts';
import {
  endOf,
  eventsOf,
  nothingReceived,
  startOf,
  toChunk,
  BROKEN_OFF,
  type Chunk,
  type Summary,
} from './chunk.ts';
import {
  breakdown,
  broken,
  refusal,
  type UpstreamResponse,
  type UpstreamRequest,
} from './failure.ts';
import { limitsOf } from './limits.ts';
import { errorIn, errorInBody, NO_UPSTREAM_ERROR } from './upstream-error.ts';

/** An answer that is being read. */
interface AnswerParts {
  answered: UpstreamResponse;
  response: LeanResponse;
  body: Body;
  now: () => number;
}

interface AnswerContext {
  asked: UpstreamRequest;
  /** Most tokens that the answer may have. */
  maxOutputTokens: number;
  now: () => number;
}

/**
 * A response as events. Its body is always ended: read out, or hung up on.
 * @throws ProblemError for an error of any kind, with `upstream` filled in
 */
export async function* readAnswer(
  response: LeanResponse,
  { asked, maxOutputTokens, now }: AnswerContext,
): AsyncGenerator<ModelEvent> {
  const { headers, status } = response;
  const requestId = asked.cleaner.name(headers.get('x-request-id'));
  const answered: UpstreamResponse = { ...asked, status, requestId };
  const body = openBody(response, mostBytesOf(maxOutputTokens));
  const reading: AnswerParts = { answered, response, body, now };
  let isWhole = false;
  try {
    yield { type: 'headers', requestId, limits: limitsOf(headers, now()) };
    for await (const event of read(reading)) {
      isWhole = event.type === 'end';
      if (isWhole) body.settle();
      yield event;
    }
  } catch (error) {
    throw error instanceof ProblemError ? error : broken(answered, error);
  } finally {
    if (!isWhole) body.drop();
  }
}

/** Some servers answer whole whatever they are asked; a web page comes from something else. */
async function* read(reading: AnswerParts): AsyncGenerator<ModelEvent> {
  const { response } = reading;
  const kind = response.headers.get('content-type') ?? '';
  if (!response.ok) {
    // The status alone says enough where the words do not arrive.
    throw refused(reading, await response.text().catch(() => ''));
  }
  if (kind.includes('html')) throw refused(reading, '');
  yield* kind.includes('application/json') ? readWhole(reading) : readStream(reading);
}

const refused = (
  { answered, response: { headers }, now }: AnswerParts,
  text: string,
): ProblemError => refusal(answered, { said: errorInBody(text), headers, nowMs: now() });

async function* readWhole(reading: AnswerParts): AsyncGenerator<ModelEvent> {
  const { answered, body } = reading;
  const text = await readAll(body);
  const value = parseData(text);
  if (errorIn(value) !== null) throw refused(reading, text);
  const chunk = toChunk(value, answered.cleaner);
  if (chunk === null) throw new Unreadable('It has no choices.');
  const summary = nothingReceived();
  yield* take(chunk, summary, answered);
  yield endOf(summary, answered.cleaner);
}

/**
 * A stream is whole when it named its reason to stop. After that come its counts and `[DONE]`; not
 * every server sends them, and what breaks then breaks nothing.
 */
async function* readStream(reading: AnswerParts): AsyncGenerator<ModelEvent> {
  const summary = nothingReceived();
  try {
    for await (const { data } of readEvents(reading.body)) {
      if (data.trim() === '[DONE]') break;
      const chunk = parseChunk(reading, data, summary.started);
      if (chunk === null) continue;
      yield* take(chunk, summary, reading.answered);
      if (chunk.isTally && summary.finishReason !== null) break;
    }
  } catch (error) {
    if (error instanceof ProblemError || summary.finishReason === null) throw error;
  }
  if (summary.finishReason !== null) yield endOf(summary, reading.answered.cleaner);
}

/**
 * An error as the first event is an answer to the request; later it is a breakdown. Data that does
 * not even begin like JSON keeps a connection alive.
 */
function parseChunk(reading: AnswerParts, data: string, started: boolean): Chunk | null {
  const value = parseData(data);
  if (value === undefined && data.trimStart().startsWith('{')) {
    throw new Unreadable('An event of it is no JSON.');
  }
  const said = errorIn(value);
  if (said === null) return toChunk(value, reading.answered.cleaner);
  throw started || said.status === null
    ? breakdown(reading.answered, said)
    : refused(reading, data);
}

/** The name of the model that answers, where it is another than was asked. */
const nameOf = ({ model }: Chunk, asked: UpstreamRequest): string | null =>
  model === null || isSameModel(asked.model, model) ? null : model;

/** Pass on what a chunk brings, and keep what it says of the whole. The last counts are the right ones: they grow. */
function* take(chunk: Chunk, summary: Summary, answered: UpstreamResponse): Generator<ModelEvent> {
  summary.answeredBy ??= nameOf(chunk, answered);
  if (!summary.started) yield startOf(summary);
  summary.started = true;
  yield* eventsOf(chunk);
  if (chunk.finishReason !== null && BROKEN_OFF.has(chunk.finishReason)) {
    throw breakdown(answered, { ...NO_UPSTREAM_ERROR, type: chunk.finishReason });
  }
  summary.finishReason = chunk.finishReason ?? summary.finishReason;
  if (chunk.usage !== undefined) summary.usage = chunk.usage;
  summary.refusal += chunk.refusal;
}
