import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import { Unreadable } from './unreadable.ts';
import { toName } from './words.ts';

/** An event must come out as soon as it is in, and a body that is cut is noticed by its content. */
const FLUSH = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
const FLUSH_BROTLI = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
};

/** Zstandard is there from Node 22.15 on. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => zlib.Gunzip };

type Decode = (body: Readable) => Readable;

const through =
  (open: () => zlib.Gunzip | zlib.BrotliDecompress): Decode =>
  (body) =>
    pipeline(body, open(), ignore);

/** Breaks show where the end of the pipeline is read. */
const ignore = (): void => undefined;

const gunzip = through(() => zlib.createGunzip(FLUSH));

const DECODERS: ReadonlyMap<string, Decode> = new Map([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['br', through(() => zlib.createBrotliDecompress(FLUSH_BROTLI))],
  ['deflate', (body: Readable) => Readable.from(inflate(body))],
  ...(createZstdDecompress ? [['zstd', through(createZstdDecompress)] as const] : []),
]);

/** `deflate` means one of two formats, which the first byte tells apart. */
async function* inflate(body: Readable): AsyncGenerator<Buffer> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await pieces.next();
  if (first.done) return;
  const isWrapped = ((first.value[0] ?? 0) & 0x0f) === 8;
  const open = isWrapped ? zlib.createInflate(FLUSH) : zlib.createInflateRaw(FLUSH);
  yield* pipeline(Readable.from(resumed(first.value, pieces)), open, ignore);
}

async function* resumed(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** Nobody encodes more often than this; every layer multiplies what few bytes can become. */
const MOST_LAYERS = 2;

/**
 * The body without its `content-encoding`. It is decoded as it is read, so a few bytes that become
 * many are bounded by whoever counts what comes out. One that cannot be decoded fails when it is read.
 */
export function decodeBody(body: Readable, encoding: string | null): Readable {
  const layers = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((each) => each.trim());
  const named = layers.filter((each) => each !== '' && each !== 'identity');
  const unknown = named.find((each) => !DECODERS.has(each));
  if (unknown !== undefined || named.length > MOST_LAYERS) return refused(unknown ?? named.join());
  return named.reduceRight((sent, each) => DECODERS.get(each)?.(sent) ?? sent, body);
}

function refused(encoding: string): Readable {
  const known = [...DECODERS.keys()].filter((each) => each !== 'x-gzip').join(', ');
  const name = toName(encoding, 40) ?? 'something unreadable';
  const why = `It is encoded as ${name}; what is read here is ${known}.`;
  return new Readable({
    read() {
      this.destroy(new Unreadable(why));
    },
  });
}
