import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBody, readAll } from '../../../src/model/http/body.ts';
import { mostBytesOf } from '../../../src/model/http/bounds.ts';
import { leanFetch } from '../../../src/model/http/lean-fetch.ts';
import { readEvents } from '../../../src/model/http/sse.ts';
import { writePieces } from '../../support/write-pieces.ts';

/** What is written, and how it is called. */
interface Sent {
  encoding?: string;
  writes: Iterable<string | Uint8Array>;
}

let sent: Sent;
let server: Server;
let left: Promise<void>;
beforeEach(async () => {
  let onLeft: () => void = () => undefined;
  left = new Promise((resolve) => (onLeft = resolve));
  server = createServer((_request, response) => {
    response.once('close', onLeft);
    if (sent.encoding !== undefined) response.setHeader('content-encoding', sent.encoding);
    void writePieces(response, sent.writes).then((stayed) => {
      if (stayed) response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const get = () => leanFetch(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`);

async function read(what: Sent, mostBytes = 10_000_000): Promise<string> {
  sent = what;
  return readAll(openBody(await get(), mostBytes));
}

const TEXT = 'data: {"answer":"Grüße aus Zürich 🙂"}\n\n'.repeat(50);

describe('an encoded body', () => {
  it.each<[string, Uint8Array]>([
    ['gzip', zlib.gzipSync(TEXT)],
    ['x-gzip', zlib.gzipSync(TEXT)],
    ['GZIP', zlib.gzipSync(TEXT)],
    ['br', zlib.brotliCompressSync(TEXT)],
    ['deflate', zlib.deflateSync(TEXT)],
    ['deflate', zlib.deflateRawSync(TEXT)],
    ['identity', Buffer.from(TEXT)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(TEXT))],
  ])('is decoded: %s', async (encoding, bytes) => {
    expect(await read({ encoding, writes: [bytes] })).toBe(TEXT);
    const bytewise = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(await read({ encoding, writes: bytewise })).toBe(TEXT);
  });

  it.runIf('zstdCompressSync' in zlib)('is decoded: zstd, where Node can', async () => {
    const { zstdCompressSync } = zlib as unknown as { zstdCompressSync: typeof zlib.gzipSync };
    expect(await read({ encoding: 'zstd', writes: [zstdCompressSync(TEXT)] })).toBe(TEXT);
  });

  it.each(['snappy', 'gzip, snappy', 'gzip, gzip, gzip', 'x'.repeat(100)])(
    'of a kind that nobody reads is refused in words: %s',
    async (encoding) => {
      await expect(read({ encoding, writes: [TEXT] })).rejects.toThrow(/encoded as .* gzip, br/);
    },
  );

  it('shows what has come of it, though its end is missing', async () => {
    const gzip = zlib.createGzip({ flush: zlib.constants.Z_SYNC_FLUSH });
    const first = await new Promise<Buffer>((resolve) => {
      gzip.once('data', resolve);
      gzip.write('data: first\n\n');
    });
    sent = { encoding: 'gzip', writes: [first] };
    const events = readEvents(openBody(await get(), 10_000));
    expect((await events.next()).value).toEqual({ name: null, data: 'first' });
  });

  it('that is broken is an error, and no end', async () => {
    const broken = Buffer.concat([zlib.gzipSync(TEXT).subarray(0, 40), Buffer.from('garbage')]);
    await expect(read({ encoding: 'gzip', writes: [broken] })).rejects.toThrow();
    await expect(read({ encoding: 'br', writes: ['no brotli at all'] })).rejects.toThrow();
    await expect(read({ encoding: 'deflate', writes: ['\u0008nothing'] })).rejects.toThrow();
  });

  it('that becomes a thousand times as much is counted as what it becomes', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024));
    await expect(read({ encoding: 'gzip', writes: [bomb] }, 1_000_000)).rejects.toThrow(
      'longer than 1000000 bytes',
    );
    await left;
  });
});

describe('a body without end', () => {
  function* endless(piece: string): Generator<string> {
    for (;;) yield piece;
  }

  it('is hung up on once it is longer than any answer of so many tokens', async () => {
    const most = mostBytesOf(300);
    await expect(read({ writes: endless('x'.repeat(65_536)) }, most)).rejects.toThrow(
      `longer than ${String(most)} bytes`,
    );
    await left;
    expect(most).toBeLessThan(2_000_000);
  });

  it('is hung up on as one event too, whichever way that is written', async () => {
    for (const piece of ['x'.repeat(65_536), `data: ${'x'.repeat(65_536)}\n`]) {
      sent = { writes: endless(piece) };
      const events = readEvents(openBody(await get(), 100_000_000));
      await expect(events.next()).rejects.toThrow('longer than 1048576 characters');
      (await get()).hangUp();
    }
  });

  it('lets others have their turn while it is read', async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const piece = 'data: x\n\n'.repeat(8_000);
    await read({ writes: Array.from({ length: 50 }, () => piece) });
    clearImmediate(timer);
    // 3.6 MB, in stretches of no more than two reads of the socket.
    expect(turns).toBeGreaterThan(10);
  });

  it('of an error is read as far as its words matter', async () => {
    sent = { writes: endless('x'.repeat(65_536)) };
    expect((await (await get()).text()).length).toBeLessThanOrEqual(65_536);
    await left;
  });
});

describe('bytes that are no text', () => {
  it.each([
    [[0x61, 0xc3, 0x28]],
    [[0xff, 0xfe, 0x61, 0x00]],
    [[0xed, 0xa0, 0x80]],
    [[0xf5, 0x80, 0x80, 0x80]],
  ])('are refused: %j', async (bytes) => {
    await expect(read({ writes: [Uint8Array.from(bytes)] })).rejects.toThrow('not UTF-8');
  });
});

it('an event is nothing that keeps a connection alive', async () => {
  sent = {
    writes: [': ping\n\n', '\n\n', 'event: ping\n\n', 'retry: 5\n\n', 'data\n\n', 'data: a\n\n'],
  };
  const events: string[] = [];
  for await (const { data } of readEvents(openBody(await get(), 1_000))) events.push(data);
  expect(events).toEqual(['', 'a']);
});
