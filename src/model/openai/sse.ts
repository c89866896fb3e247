import { createParser } from 'eventsource-parser';
import type { Body } from './body.ts';

/** One event is a few hundred bytes; a line without end must not fill the memory. */
const LONGEST_EVENT_CHARS = 8 * 1024 * 1024;

/**
 * The `data` of each event, read only when pulled. An event that the end of the body cuts is none.
 * @throws Error when the body breaks or an event never ends
 */
export async function* readEvents(body: Body): AsyncGenerator<string> {
  const heard: { ready: string[]; overflow: Error | null } = { ready: [], overflow: null };
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT_CHARS,
    onEvent: ({ data }) => heard.ready.push(data),
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') heard.overflow = error;
      // llama.cpp has announced errors in a field of its own.
      if (error.field === 'error') heard.ready.push(`{"error":${error.value ?? 'null'}}`);
    },
  });
  for (let text = await body.read(); text !== null; text = await body.read()) {
    parser.feed(text);
    yield* heard.ready.splice(0);
    if (heard.overflow !== null) throw heard.overflow;
  }
}
