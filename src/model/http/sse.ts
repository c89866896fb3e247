import { setImmediate as turn } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { Body } from './body.ts';
import { Unreadable } from './unreadable.ts';

/** So many events, and others get their turn: a packet of small ones holds hundreds. */
const MOST_IN_A_ROW = 256;

/** One event as it came; what it is named is often said in its data as well. */
export interface RawEvent {
  name: string | null;
  data: string;
}

/** One event is a few hundred bytes, or a whole answer; a line without end must not fill the memory. */
const LONGEST_EVENT_CHARS = 1024 * 1024;

/**
 * The events of a body, read only when pulled. Comments, and events without data, are none; nor is
 * one that the end of the body cuts.
 * @throws Unreadable when an event never ends; whatever the body throws when it breaks
 */
export async function* readEvents(body: Body): AsyncGenerator<RawEvent> {
  const heard: { ready: RawEvent[]; isTooLong: boolean } = { ready: [], isTooLong: false };
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT_CHARS,
    onEvent: ({ event = null, data }) => heard.ready.push({ name: event, data }),
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') heard.isTooLong = true;
      // llama.cpp has announced errors in a field of its own.
      if (error.field === 'error')
        heard.ready.push({ name: null, data: `{"error":${error.value ?? 'null'}}` });
    },
  });
  let inRow = 0;
  for (let text = await body.read(); text !== null; text = await body.read()) {
    parser.feed(text);
    for (const event of heard.ready.splice(0)) {
      yield event;
      inRow += 1;
      if (inRow % MOST_IN_A_ROW === 0) await turn();
    }
    if (heard.isTooLong) {
      throw new Unreadable(
        `One event of it is longer than ${String(LONGEST_EVENT_CHARS)} characters.`,
      );
    }
  }
}

/** The data of an event as JSON; undefined for what is none, which keeps a connection alive at best. */
export function parseData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
