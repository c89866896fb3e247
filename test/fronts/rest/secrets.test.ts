import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { buildApp } from '../../../src/app/app.ts';
import { buildHttpServer } from '../../../src/app/http-server.ts';
import { mintSecret } from '../../../src/identity/secret.ts';
import { tools } from '../../../tools/index.ts';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import type { TestServer } from '../../support/test-server.ts';
import { askOf } from '../../support/keyed-server.ts';
import type { RawAnswer } from '../../support/raw-http.ts';
import { testConfig } from '../../support/test-app.ts';

const QUESTION = { question: 'How long?' };

describe('a secret', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await close?.();
    close = undefined;
  });

  it('is in no line of the log and in no problem, whatever happens to it', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
    const config = testConfig();
    const app = buildApp(config, { tools, log, provider: fakeProvider(ANSWER) });
    const server = await buildHttpServer(app, config, { log });
    close = () => server.close();
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const own: TestServer = { app, server, url, close };
    const { secrets, answers } = await liveThrough(own);
    // A store that is gone is our own error: the one that is logged in full.
    await app.close();
    const broken = await Promise.all(
      secrets.map((key) => askOf(url, '/v1/calls', { key, headers: { 'x-api-key': key } })),
    );
    expect(broken.map(({ status }) => status)).toContain(500);
    const written = lines.join('');
    expect(written).toContain('"principal":"web"');
    expect(written).toContain('"msg":"http"');
    const problems = [...answers, ...broken].filter(({ status }) => status >= 400);
    expect(problems.length).toBeGreaterThan(6);
    for (const secret of secrets) {
      expect(written).not.toContain(secret.slice(12));
      for (const { text } of problems) expect(text).not.toContain(secret.slice(12));
    }
  });
});

/** What may happen to keys, as over REST. */
async function liveThrough({
  app,
  url,
}: TestServer): Promise<{ secrets: string[]; answers: RawAnswer[] }> {
  const answers: RawAnswer[] = [];
  const ask = async (
    ...[path, asked]: [string, Parameters<typeof askOf>[2]]
  ): Promise<RawAnswer> => {
    const answer = await askOf(url, path, asked);
    answers.push(answer);
    return answer;
  };
  const secretIn = ({ json }: RawAnswer): string => (json() as { key: string }).key;
  const admin = { name: 'boss', team: null, user: null, feature: null, tools: null, models: null };
  const rights = { admin: true, pin_prompts: false, expires_at: null };
  const { key: boss } = await app.keys.create({ ...admin, ...rights });
  const web = secretIn(await ask('/v1/keys', { key: boss, json: { name: 'web' } }));
  const call = (key: string): Promise<RawAnswer> =>
    ask('/v1/tools/answer_question', { key, json: QUESTION });
  await call(web);
  const next = secretIn(await ask('/v1/keys/web/rotate', { key: boss, method: 'POST' }));
  const stranger = mintSecret();
  for (const key of [web, next, stranger, `${next}x`]) await call(key);
  await ask('/v1/keys', { key: boss, json: { name: 'web' } });
  await ask('/v1/keys', { key: boss, json: { name: 7 } });
  await ask('/v1/keys/web', { key: boss, method: 'DELETE' });
  await call(next);
  await ask('/v1/calls', { headers: { authorization: `Basic ${boss}` } });
  await ask('/v1/calls', { headers: { authorization: `Bearer ${boss}`, 'x-api-key': next } });
  return { secrets: [boss, web, next, stranger], answers };
}
