import type { Cleaner } from '../http/words.ts';
import { fieldsOf, type Fields } from '../http/bounds.ts';
import { parseData, type RawEvent } from '../http/sse.ts';
import { Unreadable } from '../http/unreadable.ts';
import type { ModelEvent, Stop } from '../provider.ts';
import { isSameModel } from '../same-model.ts';
import {
  countOutput,
  countPrompt,
  emptyTally,
  toCounts,
  type CacheTally,
  type TimeToLive,
} from './counts.ts';
import { breakdown } from './failure.ts';

/** A map, because a reason may be called anything: `constructor` too. */
const STOPS: ReadonlyMap<string, Stop> = new Map([
  ['max_tokens', 'truncated'],
  ['model_context_window_exceeded', 'context_exceeded'],
  ['refusal', 'refused'],
  ['pause_turn', 'paused'],
]);

interface EventContext {
  model: string;
  /** Time that the cache was asked to keep what is written to it. */
  cacheFor: TimeToLive;
  cleaner: Cleaner;
}

/** Facts known of an answer, wherever in its stream they were said. */
interface StreamedAnswer extends EventContext {
  readonly tally: CacheTally;
  answeredBy: string | null;
  stopReason: string;
  why: string | null;
}

/**
 * Events of a Messages stream, one by one -> ours. Nothing in them is taken on trust: counts that are
 * none are doubts, a text that is none breaks the answer off, events and fields we do not know are
 * none (the API may add kinds at any time), and so is whatever keeps a connection alive.
 * @throws Unreadable; ProblemError where the provider says that it cannot go on
 */
export function buildEventReader(asked: EventContext): (raw: RawEvent) => ModelEvent | null {
  const answer: StreamedAnswer = {
    ...asked,
    tally: emptyTally(),
    answeredBy: null,
    stopReason: '',
    why: null,
  };
  return (raw) => {
    const event = dataOf(raw);
    if (event === null) return null;
    const { type } = event;
    return READERS.get(typeof type === 'string' ? type : (raw.name ?? ''))?.(answer, event) ?? null;
  };
}

type Read = (answer: StreamedAnswer, event: Fields) => ModelEvent | null;

/** By type, the most frequent first. */
const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['content_block_delta', (_answer, event) => fromDelta(fieldsOf(event['delta']))],
  ['content_block_start', (_answer, event) => fromBlock(fieldsOf(event['content_block']))],
  ['message_start', begin],
  ['message_delta', conclude],
  [
    'message_stop',
    (answer) => ({
      type: 'end',
      stop: STOPS.get(answer.stopReason) ?? 'complete',
      ...toldBy(answer),
      why: answer.why,
    }),
  ],
  [
    'error',
    (answer, event) => {
      throw breakdown(event, answer);
    },
  ],
]);

const toldBy = ({ tally, cacheFor, answeredBy }: StreamedAnswer) => ({
  counts: toCounts(tally, cacheFor),
  ...(tally.doubts.size > 0 && { doubts: [...tally.doubts] }),
  ...(answeredBy !== null && { answeredBy }),
});

function begin(answer: StreamedAnswer, event: Fields): ModelEvent {
  const { model, usage } = fieldsOf(event['message']);
  const name = answer.cleaner.name(model);
  if (name !== null && !isSameModel(answer.model, name)) answer.answeredBy = name;
  countPrompt(answer.tally, usage);
  return { type: 'start', ...toldBy(answer) };
}

/** The last word on counts and on the reason to stop; said again, it is the later one that counts. */
function conclude(answer: StreamedAnswer, event: Fields): null {
  const { stop_reason: reason, stop_details: details } = fieldsOf(event['delta']);
  countPrompt(answer.tally, event['usage']);
  countOutput(answer.tally, event['usage']);
  if (typeof reason === 'string') answer.stopReason = reason;
  const { explanation } = fieldsOf(details);
  if (typeof explanation === 'string') answer.why = answer.cleaner.words(explanation);
  return null;
}

function dataOf({ name, data }: RawEvent): Fields | null {
  const value = parseData(data);
  if (value !== undefined) return fieldsOf(value);
  if (name === 'error') return { type: 'error', error: { message: data } };
  if (data.trimStart().startsWith('{') || (name !== null && READERS.has(name))) {
    throw new Unreadable('An event of it is no JSON.');
  }
  return null;
}

/** A kind of delta that we do not know is none of text; one without a kind may have been. */
function fromDelta({ type, text, thinking }: Fields): ModelEvent | null {
  if (type === 'text_delta') return { type: 'text', text: toText(text) };
  if (type === 'thinking_delta') {
    return { type: 'thinking', chars: typeof thinking === 'string' ? thinking.length : 0 };
  }
  if (typeof type === 'string') return null;
  throw new Unreadable('A piece of it does not say what it is.');
}

/** A text may begin where its block does. */
const fromBlock = ({ type, text }: Fields): ModelEvent | null =>
  type === 'text' && typeof text === 'string' && text !== '' ? { type: 'text', text } : null;

function toText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new Unreadable('A piece of its text is no text.');
}
