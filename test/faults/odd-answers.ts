import zlib from 'node:zlib';
import type { Random } from '../../src/simulator/random.ts';

/** An answer as it goes over the wire. */
export interface OddAnswer {
  status: number;
  headers: Record<string, string>;
  writes: Iterable<string | Uint8Array>;
  then: 'end' | 'cut';
  /** What was done to it. */
  kind: string;
}

/** One event before it is written. */
export type Sent = Record<string, unknown>;

/** How events of a dialect look on the wire. */
export type ToWire = (event: Sent) => string;

/** Numbers, names and texts as nobody would send them. */
const ABSURD: readonly unknown[] = [
  ...[null, true, '', ' ', 'many', '20', [], {}, [20], { tokens: 20 }],
  ...[0, -0, -1, -500, 20.5, 1e-300, 1e9, 1e300, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53)],
  ...['\u0000', '\ud800', '🙂'.repeat(50), 'x'.repeat(5_000), '__proto__', 'constructor'],
];

/** Names that stand for another meaning elsewhere. */
const NAMES = ['type', 'delta', 'usage', 'text', 'content', 'error', 'choices', '__proto__', 'x'];

const JUNK: readonly string[] = [
  ...[': ping\n\n', '\n\n', 'data:\n\n', 'data: keep-alive\n\n', 'event: ping\ndata: {}\n\n'],
  ...[
    'data: null\n\n',
    'data: 42\n\n',
    'data: {}\n\n',
    'retry: 1\n\n',
    'id: 7\n\n',
    'nonsense\n\n',
  ],
  ...[
    'data: {"error":null}\n\n',
    'data: [DONE\n\n',
    '\uFEFF',
    'event: tomorrow\ndata: {"a":1}\n\n',
  ],
];

const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)] as T;

/** Every place in a value: the object that holds it, and the key under which. */
function placesIn(value: unknown, found: [Sent, string][] = []): [Sent, string][] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value as Sent, key]);
    placesIn((value as Sent)[key], found);
  }
  return found;
}

const replaceField = (random: Random, events: Sent[]): void => {
  const [holder, key] = pick(random, placesIn(events));
  holder[key] = pick(random, ABSURD);
};

const renameField = (random: Random, events: Sent[]): void => {
  const [holder, key] = pick(
    random,
    events.flatMap((event) => placesIn(event)),
  );
  const value = holder[key];
  Reflect.deleteProperty(holder, key);
  Object.defineProperty(holder, pick(random, NAMES), {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
};

const dropField = (random: Random, events: Sent[]): void => {
  const [holder, key] = pick(
    random,
    events.flatMap((event) => placesIn(event)),
  );
  Reflect.deleteProperty(holder, key);
};

function reorder(random: Random, events: Sent[]): void {
  const [from, to] = [random(), random()].map((at) => Math.floor(at * events.length));
  const [moved] = events.splice(from ?? 0, 1);
  if (moved && random() < 0.8) events.splice(to ?? 0, 0, moved);
  if (moved && random() < 0.3) events.push(structuredClone(moved));
}

const EDITS: Readonly<Record<string, (random: Random, events: Sent[]) => void>> = {
  'field replaced': replaceField,
  'field renamed': renameField,
  'field dropped': dropField,
  'events moved': reorder,
};

/** Without end, but for the client who hangs up. */
function* endless(piece: string | Uint8Array): Generator<string | Uint8Array> {
  for (let bytes = 0; bytes < 100_000_000; bytes += piece.length) yield piece;
}

function cutBytes(random: Random, bytes: Buffer): Uint8Array {
  return bytes.subarray(0, Math.floor(random() * bytes.length));
}

function flipBytes(random: Random, bytes: Buffer): Uint8Array {
  const flipped = Buffer.from(bytes);
  for (let at = 0; at < 3; at += 1) {
    flipped[Math.floor(random() * flipped.length)] = Math.floor(random() * 256);
  }
  return flipped;
}

function inPieces(random: Random, bytes: Buffer): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + Math.floor(random() * 200);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

type Whole = Pick<OddAnswer, 'writes'> & Partial<Omit<OddAnswer, 'kind'>>;

/** What may be done to the bytes of an answer. */
const BYTES: Readonly<Record<string, (random: Random, wire: string) => Whole>> = {
  'bytes cut': (random, wire) => ({
    writes: [cutBytes(random, Buffer.from(wire))],
    then: random() < 0.5 ? 'cut' : 'end',
  }),
  'bytes flipped': (random, wire) => ({ writes: [flipBytes(random, Buffer.from(wire))] }),
  'bytes in pieces': (random, wire) => ({ writes: inPieces(random, Buffer.from(wire)) }),
  'keep-alives': (random, wire) => ({
    writes: wire.split(/(?<=\n\n)/).flatMap((event) => [pick(random, JUNK), event]),
  }),
  encoded: (random, wire) => {
    const [name, encode] = pick(random, [
      ['gzip', zlib.gzipSync],
      ['br', zlib.brotliCompressSync],
      ['deflate', zlib.deflateRawSync],
    ] as const);
    return { headers: { 'content-encoding': name }, writes: inPieces(random, encode(wire)) };
  },
  'encoding a lie': (random, wire) => ({
    headers: { 'content-encoding': pick(random, ['gzip', 'br', 'zstd', 'snappy', 'deflate']) },
    writes: [wire],
  }),
  'bytes without end': (random, wire) => ({
    writes: (function* () {
      yield cutBytes(random, Buffer.from(wire));
      yield* endless(
        pick(random, [...JUNK, wire, 'x'.repeat(9_000), 'data: x\n', ' ', '\u0000']).repeat(40),
      );
    })(),
  }),
};

/** Headers that are nobody's limits. */
const HEADERS: readonly Record<string, string>[] = [
  { 'retry-after': '-5' },
  { 'retry-after': '1e400' },
  { 'retry-after-ms': 'NaN' },
  { 'anthropic-ratelimit-requests-limit': '-1', 'x-ratelimit-limit-requests': '1e9' },
  {
    'anthropic-ratelimit-requests-limit': '50',
    'anthropic-ratelimit-requests-remaining': '0',
    'anthropic-ratelimit-requests-reset': '9999-12-31T00:00:00Z',
  },
  {
    'x-ratelimit-limit-tokens': '99999999999999999999',
    'x-ratelimit-remaining-tokens': '-3',
    'x-ratelimit-reset-tokens': '-1s',
  },
  { date: 'Thu, 01 Jan 1970 00:00:00 GMT' },
  { 'content-type': 'text/html' },
  { 'content-type': 'application/json' },
  { 'request-id': 'r'.repeat(3_000), 'x-request-id': 'two words' },
];

const STATUSES = [199 + 1, 204, 302, 400, 401, 403, 404, 408, 413, 422, 500, 503, 529, 599];

/** A refusal in odd words, with the key that was sent among them. */
const refusal = (random: Random, secret: string): Whole => ({
  status: pick(random, STATUSES),
  writes: [
    pick(random, [
      '',
      '{}',
      'null',
      '<html>no</html>',
      `{"error":"no such key: ${secret}"}`,
      `{"error":{"message":"bad key ${secret}","type":"${secret}"}}`,
      `{"error":{"message":{"key":"${secret}"},"type":[]},"type":"error"}`,
      `{"detail":["${secret}"]}`,
      `{"type":"error","error":null}`,
    ]),
  ],
});

export interface Dialect {
  /** The events of a right answer, as many as its text has pieces. */
  events: (text: string) => Sent[];
  toWire: ToWire;
  /** What is written last, and is no event. */
  closing: string;
}

/** Nothing, or some edits one after the other. @returns the last of them */
function spoil(random: Random, events: Sent[]): string | null {
  let kind: string | null = null;
  for (let edits = random() < 0.75 ? 1 + Math.floor(random() * 3) : 0; edits > 0; edits -= 1) {
    kind = pick(random, Object.keys(EDITS));
    EDITS[kind]?.(random, events);
  }
  return kind;
}

function write(random: Random, wire: string, share: number): Whole & { kind: string | null } {
  const kind = random() < share ? pick(random, Object.keys(BYTES)) : null;
  const spoilt = kind === null ? undefined : BYTES[kind]?.(random, wire);
  return { writes: [wire], ...spoilt, kind };
}

/** A right answer, and what the seed makes of it. */
export function oddAnswer(
  { events: right, toWire, closing }: Dialect,
  { random, text, secret }: { random: Random; text: string; secret: string },
): OddAnswer {
  const usual = { status: 200, headers: {}, then: 'end' as const };
  if (random() < 0.06) return { ...usual, ...refusal(random, secret), kind: 'refused oddly' };
  const events = structuredClone(right(text));
  const edited = spoil(random, events);
  const headers = random() < 0.15 ? pick(random, HEADERS) : {};
  const wire = events.map((event) => toWire(event)).join('') + closing;
  const { kind, ...written } = write(random, wire, edited === null ? 0.9 : 0.25);
  return {
    ...usual,
    ...written,
    headers: { ...headers, ...written.headers },
    kind: kind ?? edited ?? 'nothing',
  };
}
