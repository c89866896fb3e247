/** One event as it stood on the wire. */
export interface SseEvent {
  id: string;
  event: string;
  data: unknown;
}

/** A block between two empty lines: an event, or a comment such as a heartbeat. */
export type SseBlock = SseEvent | { comment: string };

export const isEvent = (block: SseBlock): block is SseEvent => 'event' in block;

/** Every block of a stream of server-sent events, as it arrives. */
export async function* readBlocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<SseBlock> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks.map(toBlock);
  }
  if (rest !== '') throw new Error(`the stream ended inside a block: ${rest}`);
}

/** Every event of a stream, comments left out. */
export async function readEvents(body: AsyncIterable<Uint8Array>): Promise<SseEvent[]> {
  const events: SseEvent[] = [];
  for await (const block of readBlocks(body)) if (isEvent(block)) events.push(block);
  return events;
}

function toBlock(text: string): SseBlock {
  if (text.startsWith(':')) return { comment: text.slice(1).trim() };
  const fields = Object.fromEntries(
    text.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const { id = '', event = '', data = 'null', ...others } = fields;
  if (Object.keys(others).length > 0) throw new Error(`strange lines in a block: ${text}`);
  return { id, event, data: JSON.parse(data) as unknown };
}
