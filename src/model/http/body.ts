import { setImmediate as turn } from 'node:timers/promises';
import type { LeanResponse } from './lean-fetch.ts';
import { Unreadable } from './unreadable.ts';

/** The body of a response as text, read only when asked to. Whoever opens one ends it one way. */
export interface Body {
  /**
   * The next piece of text, or null at the end. Rejects when the connection breaks.
   * @throws Unreadable when there is more than was allowed, or it is no UTF-8
   */
  read(): Promise<string | null>;
  /** Hang up. */
  drop(): void;
  /** All that matters was read: leave the connection fit for the next request, if that is soon done. */
  settle(): void;
}

/** After its last event a good server ends the body at once. */
const LINGER_MS = 250;

/** Read at a stretch: after so many bytes others get their turn. */
const STRETCH_BYTES = 64 * 1024;

/** @param mostBytes more is no answer, and nobody waits for its end */
export function openBody(response: LeanResponse, mostBytes: number): Body {
  const { body } = response;
  const hangUp = (): void => {
    response.hangUp();
  };
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const left = { bytes: mostBytes, stretch: STRETCH_BYTES };
  const pull = async (): Promise<Buffer | null> => {
    const next = await pieces.next();
    if (next.done) return null;
    left.bytes -= next.value.length;
    left.stretch -= next.value.length;
    if (left.bytes < 0) {
      hangUp();
      throw new Unreadable(`It is longer than ${String(mostBytes)} bytes.`);
    }
    if (left.stretch <= 0) {
      left.stretch = STRETCH_BYTES;
      await turn();
    }
    return next.value;
  };
  const drain = async (): Promise<void> => {
    try {
      while ((await pull()) !== null);
    } catch {
      // It broke after its end: nothing is lost.
    }
  };
  return {
    async read() {
      const piece = await pull();
      return piece === null ? null : decode(decoder, piece);
    },
    drop: hangUp,
    settle() {
      const timer = setTimeout(hangUp, LINGER_MS);
      void drain().finally(() => {
        clearTimeout(timer);
      });
    },
  };
}

/** Bytes that are no text are not guessed at: the answer would be another one than was written. */
function decode(decoder: InstanceType<typeof TextDecoder>, piece: Buffer): string {
  try {
    return decoder.decode(piece, { stream: true });
  } catch {
    throw new Unreadable('It is not UTF-8.');
  }
}

/** The rest of the body. */
export async function readAll(body: Body): Promise<string> {
  const pieces: string[] = [];
  for (let piece = await body.read(); piece !== null; piece = await body.read()) pieces.push(piece);
  return pieces.join('');
}
