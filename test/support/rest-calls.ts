import type { WireCallMeta } from '../../schemas/wire/call.ts';
import { bearer, failed, type Called, type CallTool, type Extra } from './called.ts';
import { isEvent, readBlocks } from './sse.ts';

const headersOf = ({
  labels = {},
  key,
  idempotencyKey,
  prompt,
}: Extra): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`x-tollgate-${name}`, value ?? '']),
  ),
  ...(idempotencyKey !== undefined && { 'idempotency-key': `"${idempotencyKey}"` }),
  ...(prompt !== undefined && { 'x-tollgate-prompt': prompt }),
  ...bearer(key),
});

const post =
  (url: string, accept: string): ((...args: Parameters<CallTool>) => Promise<Response>) =>
  (tool, input, { signal, ...extra } = {}) =>
    fetch(`${url}/v1/tools/${tool}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept, ...headersOf(extra) },
      body: JSON.stringify(input),
      ...(signal && { signal }),
    });

type Answer = Pick<Called, 'output'> & { call: WireCallMeta };

export const overRest =
  (url: string): CallTool =>
  async (...args) => {
    const response = await post(url, 'application/json')(...args);
    const body: unknown = await response.json();
    return response.ok
      ? { ok: true, ...(body as Answer), problem: null, events: [] }
      : failed(body);
  };

export const overSse =
  (url: string): CallTool =>
  async (tool, input, extra = {}) => {
    const response = await post(url, 'text/event-stream')(tool, input, extra);
    if (!response.ok) return failed(await response.json());
    if (!response.body) throw new Error('a stream has a body');
    const events: Called['events'] = [];
    for await (const block of readBlocks(response.body)) {
      if (!isEvent(block)) continue;
      events.push({ event: block.event, data: block.data });
      extra.onEvent?.(block.event);
    }
    return fromEvents(events);
  };

/** Everything before the one terminal event, and what that says. */
function fromEvents(events: Called['events']): Called {
  const last = events.at(-1);
  const before = events.slice(0, -1);
  if (last?.event === 'error') return failed(last.data, before);
  if (last?.event !== 'done') throw new Error(`the stream ended with ${String(last?.event)}`);
  return { ok: true, ...(last.data as Answer), problem: null, events: before };
}
