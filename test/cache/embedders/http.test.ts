import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpEmbedder, type HttpOptions } from '../../../src/cache/embedders/http.ts';

interface Seen {
  authorization: string | undefined;
  body: { model: string; input: string[]; dimensions?: number };
}

let server: Server | undefined;
let seen: Seen[] = [];
afterEach(async () => {
  seen = [];
  await new Promise<void>((resolve) => {
    if (!server) resolve();
    else
      server.close(() => {
        resolve();
      });
  });
  server = undefined;
});

interface Answer {
  status?: number;
  body: unknown;
  headers?: Record<string, string>;
  afterMs?: number;
}

/** An endpoint on this machine that answers like this. */
async function endpoint(answer: (input: string[]) => Answer): Promise<string> {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (piece: Buffer) => (text += piece.toString()));
    request.on('end', () => {
      const body = JSON.parse(text) as Seen['body'];
      seen.push({ authorization: request.headers.authorization, body });
      const { status = 200, body: said, headers = {}, afterMs = 0 } = answer(body.input);
      setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof said === 'string' ? said : JSON.stringify(said));
      }, afterMs);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/v1/embeddings`;
}

const vectorOf = (text: string): number[] => [text.length, 1, 0];
const openAi = (input: string[]): Answer => ({
  body: {
    // An endpoint may answer in any order.
    data: input.map((text, index) => ({ index, embedding: vectorOf(text) })).reverse(),
    usage: { total_tokens: 10 * input.length },
  },
});

const embedder = (url: string, over: Partial<HttpOptions> = {}) =>
  httpEmbedder({
    url,
    model: 'm-1',
    shape: 'openai',
    apiKey: 'secret-key',
    usdPerMillionTokens: 20,
    timeoutMs: 1_000,
    ...over,
  });
const signal = (): AbortSignal => new AbortController().signal;
const lengthOf = (vector: Float32Array | undefined): number => Math.hypot(...(vector ?? []));

describe('an embedder over HTTP', () => {
  it('answers unit vectors in the order of the texts, with the tokens that were counted', async () => {
    const { vectors, tokens } = await embedder(await endpoint(openAi)).embed(
      ['a', 'bbbb'],
      signal(),
    );
    expect(tokens).toBe(20);
    expect(vectors.map(lengthOf)).toEqual([expect.closeTo(1), expect.closeTo(1)]);
    expect(vectors[1]?.[0]).toBeCloseTo(4 / Math.hypot(4, 1));
    expect(seen[0]).toMatchObject({ authorization: 'Bearer secret-key', body: { model: 'm-1' } });
  });

  it('sends what comes at the same moment in one request, and each gets its own', async () => {
    const both = embedder(await endpoint(openAi));
    const [one, other] = await Promise.all([
      both.embed(['a'], signal()),
      both.embed(['bb', 'ccc'], signal()),
    ]);
    expect(seen.map(({ body }) => body.input)).toEqual([['a', 'bb', 'ccc']]);
    expect([one.vectors.length, other.vectors.length]).toEqual([1, 2]);
    expect([one.tokens, other.tokens]).toEqual([10, 20]);
  });

  it('goes on for the others when one leaves', async () => {
    const both = embedder(await endpoint((input) => ({ ...openAi(input), afterMs: 50 })));
    const leaving = new AbortController();
    const gone = both.embed(['a'], leaving.signal);
    const staying = both.embed(['b'], signal());
    leaving.abort(new Error('left'));
    await expect(gone).rejects.toThrow('left');
    expect((await staying).vectors).toHaveLength(1);
  });

  it('sends no more texts at once than it may', async () => {
    const few = embedder(await endpoint(openAi), { batch: 2 });
    await Promise.all(['a', 'b', 'c'].map((text) => few.embed([text], signal())));
    expect(seen.every(({ body }) => body.input.length <= 2)).toBe(true);
  });

  it('speaks the shape of Ollama', async () => {
    const url = await endpoint((input) => ({
      body: { embeddings: input.map(vectorOf), prompt_eval_count: 7 },
    }));
    const { tokens } = await embedder(url, { shape: 'ollama' }).embed(['a'], signal());
    expect(tokens).toBe(7);
  });

  it('knows what a text takes at the worst, and nothing where it is free', () => {
    const worst = embedder('http://127.0.0.1:1/').worst('How long?');
    expect(worst).toMatchObject({ model: 'm-1', nanoUsdPerToken: 20_000 });
    expect(worst?.tokens).toBeGreaterThan(3);
    expect(embedder('http://127.0.0.1:1/', { usdPerMillionTokens: 0 }).worst('x')).toBeNull();
  });

  it.each<[string, (input: string[]) => Answer]>([
    ['a status', () => ({ status: 500, body: { error: 'secret-key' } })],
    ['no JSON', () => ({ body: '<html>' })],
    ['another shape', () => ({ body: { embeddings: [[1]] } })],
    ['too few vectors', () => ({ body: { data: [] } })],
    ['zeros', () => ({ body: { data: [{ index: 0, embedding: [0, 0, 0] }] } })],
    [
      'a redirection',
      () => ({ status: 302, body: '', headers: { location: 'http://127.0.0.2/' } }),
    ],
  ])('says what to look at when it gets %s, and never the key', async (_name, answer) => {
    const failing = embedder(await endpoint(answer)).embed(['a'], signal());
    const error = await failing.then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    expect(error).toBeInstanceOf(Error);
    expect(String(error?.message)).not.toContain('secret-key');
  });

  it('refuses vectors of another length than before', async () => {
    let length = 3;
    const changing = embedder(
      await endpoint(() => ({ body: { data: [{ index: 0, embedding: Array(length).fill(1) }] } })),
    );
    await changing.embed(['a'], signal());
    length = 4;
    await expect(changing.embed(['b'], signal())).rejects.toThrow('4 dimensions, not 3');
  });

  it('gives up after its time limit', async () => {
    const slow = embedder(await endpoint((input) => ({ ...openAi(input), afterMs: 500 })), {
      timeoutMs: 50,
    });
    await expect(slow.embed(['a'], signal())).rejects.toThrow();
  });
});
