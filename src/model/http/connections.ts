import { Agent, type Dispatcher } from 'undici';

/** Longer than any attempt may take: attempts have limits of their own, which know what they wait for. */
const NEVER_MS = 0;

export interface Connections {
  /** For one request: calls back when it is about to be written to a connected socket. */
  tracked(onSent: () => void): Dispatcher;
  close(): Promise<void>;
}

/**
 * Keep-alive connections to one provider. undici's own limits on headers and body are off (its five
 * minutes would cut a model that thinks), and it never retries.
 */
export function openConnections(): Connections {
  const agent = new Agent({
    connect: { timeout: NEVER_MS },
    headersTimeout: NEVER_MS,
    bodyTimeout: NEVER_MS,
  });
  return {
    tracked: (onSent) =>
      agent.compose((dispatch) => (options, handler) => dispatch(options, tell(handler, onSent))),
    // Requests still running are over: whoever closes gave them the time they get.
    close: () => agent.destroy(),
  };
}

/** undici starts a request when it has a connection for it, and writes its head in the same turn. */
const tell = (
  handler: Dispatcher.DispatchHandler,
  onSent: () => void,
): Dispatcher.DispatchHandler => ({
  onRequestStart(...args) {
    onSent();
    handler.onRequestStart?.(...args);
  },
  onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
  onResponseStart: (...args) => handler.onResponseStart?.(...args),
  onResponseData: (...args) => handler.onResponseData?.(...args),
  onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
  onResponseError: (...args) => handler.onResponseError?.(...args),
});
