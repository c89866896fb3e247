import type { ServerContext } from '@modelcontextprotocol/server';
import type { Emit, Event } from '../../core/call/call.ts';

/** Clients give up on silence after a minute or five; this is well below. */
const HEARTBEAT_MS = 15_000;

export interface ProgressSink {
  emit: Emit;
  stop(): void;
}

/**
 * The events of a call as MCP progress, for clients that sent a progress token: `progress` rises by
 * one each time, `message` is for people, and `_meta["tollgate/event"]` is the event itself.
 */
export function openProgress({ _meta, notify }: ServerContext['mcpReq']): ProgressSink {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return { emit: () => undefined, stop: () => undefined };
  let progress = 0;
  const send = async (message: string, event?: Event): Promise<void> => {
    progress += 1;
    heartbeat.refresh();
    try {
      await notify({
        method: 'notifications/progress',
        params: {
          progressToken,
          progress,
          message,
          ...(event && { _meta: { 'tollgate/event': event } }),
        },
      });
    } catch {
      // The client is gone, which the call learns from its signal.
    }
  };
  const heartbeat = setInterval(() => void send('still working'), HEARTBEAT_MS);
  return {
    emit: (event) => send(messageOf(event), event),
    stop: () => {
      clearInterval(heartbeat);
    },
  };
}

function messageOf({ event, data }: Event): string {
  switch (event) {
    case 'call':
      return `${data.tool} started`;
    case 'queue':
      return data.model === null
        ? `waiting for the budget ${String(data.budget)}`
        : `waiting for ${data.model}, number ${String(data.position)} in the queue`;
    case 'restart':
      return `the answer broke off (${data.reason}); ${data.model} begins anew`;
    case 'delta':
      return data.text;
    case 'progress':
      return `${String(data.output_tokens)} tokens written`;
  }
}
