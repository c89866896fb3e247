import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UsageReport } from '../../schemas/tools/get-usage.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import {
  openKeyedServer,
  problemIn,
  type Asked,
  type KeyedServer,
} from '../support/keyed-server.ts';
import { TEST_LIMIT_MS } from '../support/limits.ts';
import type { RawAnswer } from '../support/raw-http.ts';

type Json = Record<string, unknown>;

const withField = (field: Json, more: Json = {}): Json => ({
  type: 'object',
  properties: { a: field },
  required: ['a'],
  ...more,
});

const named = (count: number, make: (at: number) => Json): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${String(at)}`, make(at)]));

/** d0 to d11, each ten references to the next, d12 a string. */
function tenfold(): Json {
  const level = (at: number): Json => ({
    allOf: Array.from({ length: 10 }, () => ({ $ref: `#/$defs/d${String(at + 1)}` })),
  });
  const $defs = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [`d${String(at)}`, level(at)]),
  );
  return withField({ $ref: '#/$defs/d0' }, { $defs: { ...$defs, d12: { type: 'string' } } });
}

/** Looked at twice as often on each level of a value, of which the model writes 60. */
function doubled(): Json {
  const twice = { type: 'object', properties: { a: { $ref: '#/$defs/n' } } };
  return withField({ $ref: '#/$defs/n' }, { $defs: { n: { allOf: [twice, twice] } } });
}
const NESTED = `{"data":${'{"a":'.repeat(60)}{}${'}'.repeat(61)}`;

const ONES = '1111111111111111111111111111111111111111!';

describe('a caller whose schema is made to be slow', () => {
  let server: KeyedServer;
  let reply: string;

  beforeAll(async () => {
    const provider = fakeProvider(ANSWER);
    server = await openKeyedServer({
      // How long a busy machine takes to start a thread is not what this is about.
      settings: { tools: { estimate_cost: { deadline_ms: TEST_LIMIT_MS } } },
      provider: {
        ...provider,
        stream: (request, watch) => fakeProvider({ pieces: [reply] }).stream(request, watch),
      },
    });
  });
  afterAll(async () => {
    await server.close();
  });

  const extract = (schema: Json, key = server.anna): Promise<RawAnswer> =>
    server.ask('/v1/tools/extract_data', { key, json: { text: `a: ${ONES}`, schema } });
  const estimate = (schema: Json): Promise<RawAnswer> =>
    server.ask('/v1/tools/estimate_cost', {
      key: server.anna,
      json: { tool: 'extract_data', input: { text: 'a: b', schema } },
    });
  const spentUsd = async (): Promise<number> => {
    const admin: Asked = { key: server.boss };
    const report = (await server.ask('/v1/usage', admin)).json() as UsageReport;
    return report.total.cost_usd;
  };

  /** Whether another caller is answered before an attack has ended. */
  async function isMeanwhileAnswered(attack: Promise<unknown>): Promise<boolean> {
    const first = await Promise.race([
      attack.then(() => 'attack'),
      server.ask('/health').then(({ status }) => `health ${String(status)}`),
    ]);
    await attack;
    return first === 'health 200';
  }

  it('is told that an answer does not match a pattern that is endless elsewhere', async () => {
    reply = JSON.stringify({ data: { a: ONES } });
    const answer = await extract(withField({ type: 'string', pattern: '^(\\w|\\d)*$' }));
    expect(answer.status).toBe(502);
    expect(problemIn(answer)).toMatchObject({ code: 'invalid_output' });
  });

  it('is refused before anything is spent where 2 KB are 10^12 checks', async () => {
    const before = await spentUsd();
    const answer = await extract(tenfold());
    expect(answer.status).toBe(400);
    expect(problemIn(answer)).toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/schema', code: 'invalid_schema' }],
    });
    expect(problemIn(answer).detail).toMatch(/unfolds .*from fewer places/);
    expect(await spentUsd()).toBe(before);
  });

  it('ends with a problem where a check of the answer takes too long; others are answered meanwhile', async () => {
    reply = NESTED;
    const before = await spentUsd();
    const attack = extract(doubled());
    expect(await isMeanwhileAnswered(attack)).toBe(true);
    const answer = await attack;
    expect(answer.status).toBe(422);
    const { code, next_actions: actions, call_id: id } = problemIn(answer);
    expect(code).toBe('schema_too_costly');
    expect(actions.map(({ action }) => action)).toEqual(['simplify_schema']);
    // The model was asked and is paid; nothing is held any more.
    expect(await spentUsd()).toBeGreaterThan(before);
    const row = await server.ask(`/v1/calls/${String(id)}`, { key: server.boss });
    expect(row.json()).toMatchObject({ error_code: 'schema_too_costly', attempts: [{}] });
  });

  it('waits for itself: another caller has its turn before the second attack', async () => {
    reply = NESTED;
    const attacks = [extract(doubled()), extract(doubled())];
    let ended = 0;
    for (const attack of attacks) void attack.then(() => (ended += 1));
    const other = await server.ask('/v1/tools/estimate_cost', {
      key: server.boss,
      json: {
        tool: 'extract_data',
        input: { text: 'a: b', schema: withField({ type: 'number' }) },
      },
    });
    expect(other.status).toBe(200);
    expect(ended).toBeLessThan(2);
    for (const attack of attacks) expect((await attack).status).toBe(422);
  });

  it('asks for the price of a wide schema without holding up anybody', async () => {
    // Refused where a machine is so slow that it would take too long.
    const ends = [200, 400];
    const wide = { type: 'object', properties: named(990, () => ({ type: 'string' })) };
    const attack = estimate(wide);
    expect(await isMeanwhileAnswered(attack)).toBe(true);
    expect(ends).toContain((await attack).status);
  });

  it('is told which part is too much where it asks for a price', async () => {
    const dependent = named(1_300, () => ({ required: ['a'] }));
    const answer = await estimate(withField({ type: 'string' }, { dependentSchemas: dependent }));
    expect(problemIn(answer)).toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: expect.stringMatching(/^\/schema\/dependentSchemas\/f/) as string }],
    });
    const options = await estimate(
      withField({ enum: Array.from({ length: 9_000 }, (_, at) => at) }),
    );
    expect(problemIn(options)).toMatchObject({
      errors: [{ pointer: '/schema/properties/a/enum' }],
    });
  });
});
