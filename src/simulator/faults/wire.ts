import { resetConnection } from '../http.ts';
import type { HttpExchange } from '../http.ts';
import type { LedgerAttempt } from '../ledger.ts';
import { PING } from '../message.ts';
import { toFrame, writeChunk } from '../sse.ts';
import type { SseEvent } from '../sse.ts';
import type { Effects, StreamStep } from './fault.ts';
import { pause } from './pace.ts';

/** Way of the events of one stream: through its fault, if it has one, to the socket. */
export interface Wire {
  /** False when nothing more can be sent, whoever ended it. */
  send(event: SseEvent, textChars?: number): Promise<boolean>;
}

interface WireParts {
  readonly exchange: HttpExchange;
  readonly attempt: LedgerAttempt;
  readonly effects: Effects;
}

export function openWire(parts: WireParts): Wire {
  const { script } = parts.effects;
  const write = buildWrite(parts);
  let deltas = 0;
  let isOpen = true;
  return {
    send: async (event, textChars = 0) => {
      if (event.type === 'content_block_delta') deltas += 1;
      for (const step of script?.(event, deltas) ?? [{ kind: 'event', event }]) {
        const chars = step.kind === 'event' && step.event === event ? textChars : 0;
        isOpen &&= await perform(step, parts, (sent) => write(sent, { deltas, chars }));
      }
      return isOpen;
    },
  };
}

/** Says whether the stream can go on after the step. */
async function perform(
  step: StreamStep,
  { exchange, attempt }: WireParts,
  write: (event: SseEvent) => Promise<boolean>,
): Promise<boolean> {
  switch (step.kind) {
    case 'event':
      return write(step.event);
    case 'pause':
      return pausePinging(step, exchange.gone, write);
    case 'cut':
      attempt.end('error', exchange.response.statusCode);
      exchange.response.end();
      return false;
    case 'reset':
      attempt.end('error', exchange.response.statusCode);
      await resetConnection(exchange.response);
      return false;
  }
}

async function pausePinging(
  { ms, pingEveryMs = ms }: Extract<StreamStep, { kind: 'pause' }>,
  gone: AbortSignal,
  write: (event: SseEvent) => Promise<boolean>,
): Promise<boolean> {
  let isOpen = true;
  for (let leftMs = ms; isOpen && leftMs > 0; leftMs -= pingEveryMs) {
    isOpen = await pause(Math.min(leftMs, pingEveryMs), gone);
    if (isOpen && leftMs > pingEveryMs) isOpen = await write(PING);
  }
  return isOpen;
}

type WriteEvent = (event: SseEvent, counts: { deltas: number; chars: number }) => Promise<boolean>;

function buildWrite({ exchange, attempt, effects }: WireParts): WriteEvent {
  return async (event, { deltas, chars }) => {
    const frame = toFrame((effects.body?.(event) ?? event) as SseEvent);
    const chunks = effects.frame?.(frame, event, deltas) ?? [frame];
    const counts = { events: 1, textChars: chars };
    for (const [index, chunk] of chunks.entries()) {
      const isLast = index === chunks.length - 1;
      const onHandedOver = (): void => {
        if (isLast) attempt.read(counts);
      };
      if (!(await writeChunk(exchange.response, chunk, onHandedOver))) return false;
    }
    attempt.delivered(counts);
    return true;
  };
}
