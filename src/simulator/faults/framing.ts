import { AT_DELTA, onceAtDelta } from './fault.ts';
import type { SseEvent } from '../sse.ts';
import type { Effects, Fault, Framing, StreamStep } from './fault.ts';

interface FramingFault {
  readonly name: string;
  readonly description: string;
  readonly effects: Effects;
}

/** Legal, if unusual: whoever reads by the rules notices nothing. */
const HARMLESS: readonly FramingFault[] = [
  {
    name: 'utf8-split',
    description: 'Every character of more than one byte arrives in two chunks.',
    effects: { frame: splitCharacters },
  },
  {
    name: 'crlf',
    description: 'Lines end with CRLF instead of LF.',
    effects: { frame: (frame) => [frame.replaceAll('\n', '\r\n')] },
  },
  {
    name: 'unknown-events',
    description: 'Events of a type nobody has heard of come between the others.',
    effects: { script: addUnknownEvent },
  },
  {
    name: 'unknown-deltas',
    description: 'Deltas of a type nobody has heard of come between the others.',
    effects: { script: addUnknownDelta },
  },
  {
    name: 'nameless-pings',
    description: 'Pings without an event name come between the others.',
    effects: { frame: (frame) => [`data: {"type":"ping"}\n\n${frame}`] },
  },
  {
    name: 'comments',
    description: 'Comment lines come between the events and inside them.',
    effects: { frame: (frame) => [`: keep-alive\n\n${frame.replace('\n', '\n: inside\n')}`] },
  },
];

const BROKEN: readonly Fault[] = [
  {
    name: 'malformed-json',
    group: 'framing',
    description: 'The data of the nth delta ends in the middle of its JSON.',
    harmless: false,
    streamOnly: true,
    params: { at_delta: AT_DELTA },
    effects: (param) => ({ frame: breakJson(param('at_delta')) }),
  },
  {
    name: 'nameless-events',
    group: 'framing',
    description:
      'From the nth delta on no event has a name; the SDK sees none of them, tollgate all.',
    harmless: false,
    streamOnly: true,
    params: { at_delta: AT_DELTA },
    effects: (param) => ({ frame: dropNames(param('at_delta')) }),
  },
];

export const FRAMING_FAULTS: readonly Fault[] = [
  ...HARMLESS.map(({ name, description, effects }): Fault => ({
    name,
    group: 'framing',
    description,
    harmless: true,
    streamOnly: true,
    params: {},
    effects: () => effects,
  })),
  ...BROKEN,
];

const FIRST_BYTE_OF_MANY = 0xc0;

function splitCharacters(frame: string): Buffer[] {
  const bytes = Buffer.from(frame);
  const chunks: Buffer[] = [];
  let start = 0;
  for (const [index, byte] of bytes.entries()) {
    if (byte < FIRST_BYTE_OF_MANY) continue;
    chunks.push(bytes.subarray(start, index + 1));
    start = index + 1;
  }
  return [...chunks, bytes.subarray(start)];
}

function addUnknownEvent(event: SseEvent): readonly StreamStep[] {
  const usual: StreamStep = { kind: 'event', event };
  if (event.type !== 'content_block_delta') return [usual];
  const unknown = { type: 'hologram_update', hologram: { angle: 90 } };
  return [{ kind: 'event', event: unknown }, usual];
}

function addUnknownDelta(event: SseEvent): readonly StreamStep[] {
  const usual: StreamStep = { kind: 'event', event };
  if (event.type !== 'content_block_delta') return [usual];
  const unknown = { ...event, delta: { type: 'hologram_delta', hologram: 'unknown' } };
  return [usual, { kind: 'event', event: unknown }];
}

function breakJson(atDelta: number): Framing {
  const isDue = onceAtDelta(atDelta);
  return (frame, event, deltas) =>
    isDue(event, deltas) ? [`${frame.trimEnd().slice(0, -2)}\n\n`] : [frame];
}

function dropNames(atDelta: number): Framing {
  return (frame, { type }, deltas) => {
    const isNamed = deltas < atDelta && type !== 'message_delta' && type !== 'message_stop';
    return [isNamed ? frame : frame.slice(frame.indexOf('data:'))];
  };
}
