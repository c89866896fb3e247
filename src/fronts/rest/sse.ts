import type { ServerResponse } from 'node:http';

export interface SseStream {
  /** Whether anything was sent; until then the answer may still be a plain HTTP one. */
  readonly started: boolean;
  /** Send an event. Settles when the caller can take more, or is gone; never rejects. */
  send(callId: string, event: string, data: unknown): Promise<void>;
  /** Send the terminal event and end the response. */
  end(callId: string, event: string, data: unknown): Promise<void>;
  /** Stop the heartbeat without sending anything. */
  stop(): void;
}

interface SseSettings {
  heartbeatMs: number;
  /** Headers known when the first bytes go out. */
  headers: () => Record<string, string>;
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  // nginx buffers a proxied response unless told not to.
  'x-accel-buffering': 'no',
};

/**
 * Server-sent events on a raw response. Headers go out with the first event, or with the first
 * heartbeat after `heartbeatMs` of silence: proxies drop what is silent for a minute.
 */
export function openSse(
  response: ServerResponse,
  { heartbeatMs, headers }: SseSettings,
): SseStream {
  let sequence = 0;
  let started = false;

  const write = (text: string): Promise<void> => {
    if (response.closed || response.destroyed) return Promise.resolve();
    if (!started) {
      started = true;
      response.writeHead(200, { ...HEADERS, ...headers() });
    }
    heartbeat.refresh();
    return response.write(text) ? Promise.resolve() : drained(response);
  };
  const heartbeat = setInterval(() => {
    // A reader that is behind has enough to read.
    if (!response.writableNeedDrain) void write(': ka\n\n');
  }, heartbeatMs);
  response.once('close', () => {
    clearInterval(heartbeat);
  });

  const send = (callId: string, event: string, data: unknown): Promise<void> => {
    sequence += 1;
    return write(
      `id: ${callId}:${String(sequence)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  };
  const stop = (): void => {
    clearInterval(heartbeat);
  };

  return {
    get started() {
      return started;
    },
    send,
    stop,
    async end(callId, event, data) {
      const sent = send(callId, event, data);
      stop();
      // Not after the reader has caught up: one that never does must not keep the response open.
      response.end();
      await sent;
    },
  };
}

/** A client that vanishes while we wait never drains: whichever comes first. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
