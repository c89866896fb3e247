import type { ServerResponse } from 'node:http';

/** Aborts when the connection closes before the answer is complete: the caller has left. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
