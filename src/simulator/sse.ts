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

export function toFrame(event: SseEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/**
 * Writes a chunk and waits while the reader is behind; false once it is gone. `onHandedOver` is called
 * when the system has taken the bytes; a connection that is gone before that never calls it.
 */
export async function writeChunk(
  response: ServerResponse,
  chunk: string | Buffer,
  onHandedOver: () => void,
): Promise<boolean> {
  if (response.destroyed) return false;
  const isFlushed = response.write(chunk, (error) => {
    if (!error) onHandedOver();
  });
  if (!isFlushed) await drainedOrClosed(response);
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
