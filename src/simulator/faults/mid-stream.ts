import { REFUSAL } from '../refusal.ts';
import { buildUsage } from '../usage.ts';
import { AT_TOKEN, stopAt } from './cut-generation.ts';
import { AT_DELTA, milliseconds, onceAtDelta } from './fault.ts';
import type { Effects, Fault, Script, StreamStep } from './fault.ts';

const COMMON = { group: 'mid-stream', harmless: false, streamOnly: true } as const;
const CUT: StreamStep = { kind: 'cut' };

export const MID_STREAM_FAULTS: readonly Fault[] = [
  {
    ...COMMON,
    name: 'reset-mid-stream',
    description: 'The connection is reset after n deltas.',
    params: { at_delta: AT_DELTA },
    effects: (param) => ({ script: interrupt(param('at_delta'), [{ kind: 'reset' }]) }),
  },
  {
    ...COMMON,
    name: 'cut-before-message-delta',
    description: 'The body ends cleanly after the text: no stop reason, no final usage.',
    params: {},
    effects: () => ({ script: cutBefore('message_delta') }),
  },
  {
    ...COMMON,
    name: 'cut-before-message-stop',
    description: 'The body ends cleanly after message_delta: all is said but message_stop.',
    params: {},
    effects: () => ({ script: cutBefore('message_stop') }),
  },
  {
    ...COMMON,
    name: 'stall-with-pings',
    description: 'After n deltas only pings come.',
    params: {
      at_delta: AT_DELTA,
      ms: milliseconds(600_000, 'how long, before the stream goes on'),
      ping_ms: { ...milliseconds(1000, 'time between two pings'), min: 1 },
    },
    effects: (param) => {
      const pause = { kind: 'pause', ms: param('ms'), pingEveryMs: param('ping_ms') } as const;
      return { script: interrupt(param('at_delta'), [pause]) };
    },
  },
  {
    ...COMMON,
    name: 'stall-silent',
    description: 'After n deltas nothing comes any more, not even pings.',
    params: {
      at_delta: AT_DELTA,
      ms: milliseconds(600_000, 'how long, before the stream goes on'),
    },
    effects: (param) => ({
      script: interrupt(param('at_delta'), [{ kind: 'pause', ms: param('ms') }]),
    }),
  },
  errorEvent('overloaded_error', 'Overloaded'),
  errorEvent('api_error', 'Internal server error'),
  {
    ...COMMON,
    name: 'refusal-mid-stream',
    description: 'The model stops in the middle and declines: stop_reason refusal, billed.',
    streamOnly: false,
    params: { at_token: AT_TOKEN },
    effects: (param) => stopAt(param('at_token'), 'refusal'),
  },
  {
    ...COMMON,
    name: 'refusal-before-output',
    description: 'The model declines before it writes anything: stop_reason refusal, not billed.',
    streamOnly: false,
    params: {},
    effects: () => ({
      plan: (plan) => ({
        ...plan,
        generation: REFUSAL,
        usage: buildUsage(0),
        // A declined prompt was not cached either.
        storePrefix: () => undefined,
      }),
    }),
  },
];

function errorEvent(type: 'overloaded_error' | 'api_error', message: string): Fault {
  return {
    ...COMMON,
    name: `error-event-${type === 'api_error' ? 'api' : 'overloaded'}`,
    description: `After n deltas an error event with ${type} comes, then the end.`,
    params: { at_delta: AT_DELTA },
    effects: (param, { requestId }): Effects => {
      const error = { type, message, details: null };
      const event = { type: 'error', error, request_id: requestId };
      return { script: interrupt(param('at_delta'), [{ kind: 'event', event }, CUT]) };
    },
  };
}

function interrupt(atDelta: number, steps: readonly StreamStep[]): Script {
  const isDue = onceAtDelta(atDelta);
  return (event, deltas) => {
    const usual: StreamStep = { kind: 'event', event };
    if (!isDue(event, deltas)) return [usual];
    return event.type === 'message_delta' ? [...steps, usual] : [usual, ...steps];
  };
}

function cutBefore(type: string): Script {
  return (event) => [event.type === type ? CUT : { kind: 'event', event }];
}
