import type { ServerResponse } from 'node:http';

export interface SseEvent {
  readonly type: string;
}

export function openEventStream(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
}

/** Writes one event and waits while the reader is behind; false once it is gone. */
export async function writeEvent(response: ServerResponse, event: SseEvent): Promise<boolean> {
  if (response.destroyed) return false;
  const flushed = response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  if (!flushed) await drainedOrClosed(response);
  return !response.destroyed;
}

/** `drain` never comes on a connection that is gone, so it races against `close`. */
function drainedOrClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    function settle(): void {
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    }
    response.on('drain', settle);
    response.on('close', settle);
  });
}
