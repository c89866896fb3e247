import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App } from '../../../src/app/app.ts';
import { buildHttpServer, type HttpServer } from '../../../src/app/http-server.ts';
import type { Store } from '../../../src/stores/ports/store.ts';
import { openSqlite } from '../../../src/stores/sqlite/open.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import { invoke, silentLog, testApp, testConfig } from '../../support/test-app.ts';
import { spent } from '../../stores/cases/spending.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const DAY_MS = 86_400_000;

let store: Store;
let app: App;
let server: HttpServer;
let now: number;
beforeEach(async () => {
  now = NOW;
  store = openSqlite(':memory:', { now: () => now });
  app = testApp({ store, provider: fakeProvider(ANSWER), now: () => now });
  server = await buildHttpServer(app, testConfig(), { log: silentLog });
});
afterEach(async () => {
  await server.close();
  await app.close();
});

const ready = async () => {
  const { statusCode, body } = await server.inject('/ready');
  return { status: statusCode, said: JSON.parse(body) as { status: string; warnings: string[] } };
};

describe('GET /ready', () => {
  it('is ready without a warning while nothing is wrong', async () => {
    expect(await ready()).toMatchObject({ status: 200, said: { status: 'ready', warnings: [] } });
  });

  it('says for a day that a row was set aside, and calls go on', async () => {
    await store.ledger.record(spent('call_odd', NaN));
    const { status, said } = await ready();
    expect([status, said.status]).toEqual([200, 'degraded']);
    expect(said.warnings).toEqual([
      expect.stringMatching(
        /^1 ledger rows of the last 24 hours .* call_odd: cost_nano_usd is NaN/,
      ),
    ]);
    expect(await invoke(app, 'answer_question', { question: 'How long?' })).toMatchObject({
      ok: true,
    });
    expect(await invoke(app, 'get_budget', {})).toMatchObject({ ok: true });
    now += DAY_MS + 1;
    expect((await ready()).said.status).toBe('ready');
  });
});
