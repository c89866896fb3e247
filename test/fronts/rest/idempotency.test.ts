import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WireCallMeta } from '../../../schemas/wire/call.ts';
import { ANSWER, fakeProvider, type FakeProvider } from '../../support/fake-provider.ts';
import { openKeyedServer, problemIn, type KeyedServer } from '../../support/keyed-server.ts';
import type { RawAnswer } from '../../support/raw-http.ts';

const QUESTION = { question: 'How long?' };

let model: FakeProvider;
let server: KeyedServer;
beforeEach(async () => {
  model = fakeProvider({ ...ANSWER, pauseMs: 5 });
  server = await openKeyedServer({ provider: model });
});
afterEach(() => server.close());

const KINDS = [
  ['JSON', 'application/json'],
  ['a stream', 'text/event-stream'],
] as const;

interface Sent {
  accept?: string;
  key?: string;
  json?: unknown;
  tool?: string;
}

const call = (
  idempotencyKey: string,
  {
    accept = 'application/json',
    key = server.anna,
    json = QUESTION,
    tool = 'answer_question',
  }: Sent = {},
): Promise<RawAnswer> =>
  server.ask(`/v1/tools/${tool}`, {
    key,
    json,
    headers: { accept, 'idempotency-key': idempotencyKey },
  });

/** The outcome as it stands in JSON, or in the last event of a stream. */
function outcomeOf({ headers, text, json }: RawAnswer): { output: unknown; call: WireCallMeta } {
  const isStream = headers['content-type']?.startsWith('text/event-stream') ?? false;
  const done = /^event: done\ndata: (.*)$/m.exec(text)?.[1];
  return (isStream ? JSON.parse(done ?? 'null') : json()) as ReturnType<typeof outcomeOf>;
}

describe.each(KINDS)('a second call with the same key, as %s', (_, accept) => {
  it('gets the first outcome, says so, and costs nothing', async () => {
    const first = await call('"order-7"', { accept });
    const second = await call('"order-7"', { accept });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.status).toBe(200);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expect(second.headers['idempotency-replayed']).toBe('true');
    const [before, after] = [outcomeOf(first), outcomeOf(second)];
    expect(after.output).toEqual(before.output);
    expect(before.call.cost_usd).toBeGreaterThan(0);
    expect(after.call).toMatchObject({
      served_by: 'replay',
      replay_of: before.call.id,
      cost_usd: 0,
      saved_usd: before.call.cost_usd,
      attempts: [],
    });
    expect(after.call.id).not.toBe(before.call.id);
    expect(second.headers['x-tollgate-call-id']).toBe(after.call.id);
    expect(model.requests).toHaveLength(1);
  });

  it('may leave the quotes out: it is the same key', async () => {
    const first = await call('order-7', { accept });
    const second = await call('"order-7"', { accept });
    expect(outcomeOf(second).call.replay_of).toBe(outcomeOf(first).call.id);
  });

  it('is refused for another input or another tool, before anything is sent', async () => {
    const first = outcomeOf(await call('"order-7"', { accept }));
    for (const other of [
      { json: { question: 'How much?' } },
      { tool: 'summarize_text', json: { text: 'Long. Text.' } },
    ]) {
      const refused = await call('"order-7"', { accept, ...other });
      expect(problemIn(refused)).toMatchObject({ status: 422, code: 'idempotency_mismatch' });
      expect(problemIn(refused).detail).toContain(first.call.id);
      expect(refused.headers['idempotency-replayed']).toBeUndefined();
    }
    expect(model.requests).toHaveLength(1);
  });

  it.each([
    ['empty', ''],
    ['empty in quotes', '""'],
    ['too long', `"${'k'.repeat(256)}"`],
    ['half quoted', '"order-7'],
    ['with a space', 'order 7'],
    ['with a letter beyond ASCII', 'ördner-7'],
  ])('is a bad request when the key is %s', async (_what, key) => {
    const refused = await call(key, { accept });
    expect(problemIn(refused)).toMatchObject({
      status: 400,
      code: 'invalid_request',
      call_id: null,
    });
    expect(problemIn(refused).detail).toContain('Idempotency-Key');
    expect(model.requests).toHaveLength(0);
  });

  it('is another call when somebody else makes it', async () => {
    const [hers, his] = [
      await call('"order-7"', { accept }),
      await call('"order-7"', { accept, key: server.boss }),
    ];
    expect(his.headers['idempotency-replayed']).toBeUndefined();
    expect(outcomeOf(his).call).toMatchObject({ principal: 'boss', replay_of: null });
    expect(outcomeOf(hers).call).toMatchObject({ principal: 'anna', replay_of: null });
    expect(model.requests).toHaveLength(2);
  });

  it('is answered once when 20 come together', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => call('"order-7"', { accept })));
    expect(model.requests).toHaveLength(1);
    const outcomes = all.map(outcomeOf);
    const [first] = outcomes.filter(({ call: { served_by } }) => served_by === 'model');
    expect(new Set(outcomes.map(({ call: { id } }) => id)).size).toBe(20);
    for (const { output } of outcomes) expect(output).toEqual(first?.output);
    const replays = all.filter(({ headers }) => headers['idempotency-replayed'] === 'true');
    expect(replays).toHaveLength(19);
    for (const replay of replays) expect(outcomeOf(replay).call.replay_of).toBe(first?.call.id);
  });
});

describe('the same key', () => {
  it('gives a stream what was answered as JSON, and the other way round', async () => {
    const first = outcomeOf(await call('"a"'));
    const stream = await call('"a"', { accept: 'text/event-stream' });
    expect(stream.headers['idempotency-replayed']).toBe('true');
    expect(outcomeOf(stream).output).toEqual(first.output);
    expect(stream.text).toContain(`"replay_of":"${first.call.id}"`);
    await call('"b"', { accept: 'text/event-stream' });
    expect((await call('"b"')).headers['idempotency-replayed']).toBe('true');
    expect(model.requests).toHaveLength(2);
  });

  it('goes on with the next secret of the same principal', async () => {
    await call('"order-7"');
    const { key } = await server.app.keys.rotate('anna', 0);
    expect((await call('"order-7"', { key })).headers['idempotency-replayed']).toBe('true');
  });
});
