import { afterEach, describe, expect, it } from 'vitest';
import { ANSWER, fakeProvider } from '../../support/fake-provider.ts';
import {
  openTestServer,
  type TestServer,
  type TestServerOptions,
} from '../../support/test-server.ts';
import { askOf, openKeyedServer, problemIn } from '../../support/keyed-server.ts';

const ROOT = '/.well-known/oauth-protected-resource';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});
const openAt = async (settings: TestServerOptions['settings'] = {}): Promise<string> => {
  server = await openTestServer({ provider: fakeProvider(ANSWER), settings });
  return server.url;
};
const metadataAt = async (url: string, path: string): Promise<Record<string, unknown>> => {
  const answer = await askOf(url, path);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  return answer.json() as Record<string, unknown>;
};

describe('the metadata of the protected resource', () => {
  it.each([
    [ROOT, ''],
    [`${ROOT}/mcp`, '/mcp'],
  ])('at %s name what they are about, as the path does', async (path, resource) => {
    expect(await metadataAt(await openAt(), path)).toEqual({
      resource: `http://127.0.0.1:8484${resource}`,
      resource_name: 'tollgate',
      bearer_methods_supported: ['header'],
      scopes_supported: ['admin'],
      resource_documentation: 'http://127.0.0.1:8484/docs',
    });
  });

  it.each(['https://llm.example.com', 'https://llm.example.com/', 'https://example.com/gate'])(
    'are under the public address %s, like all that points to them',
    async (publicUrl) => {
      const base = publicUrl.replace(/\/$/, '');
      const settings = { public_url: publicUrl };
      const keyed = await openKeyedServer({ settings });
      server = keyed;
      const challenged = await keyed.ask('/mcp', { method: 'POST' });
      const [, address] =
        /resource_metadata="([^"]+)"/.exec(challenged.headers['www-authenticate'] ?? '') ?? [];
      expect(address).toBe(`${base}${ROOT}/mcp`);
      const metadata = await metadataAt(server.url, `${ROOT}/mcp`);
      expect(metadata).toMatchObject({
        resource: `${base}/mcp`,
        resource_documentation: `${base}/docs`,
      });
      expect(problemIn(await keyed.ask('/v1/calls')).doc_url).toBe(`${base}/errors/missing_key`);
    },
  );

  it('can be asked for by HEAD, and there are none of anything else', async () => {
    const url = await openAt();
    expect((await askOf(url, ROOT, { method: 'HEAD' })).status).toBe(200);
    expect((await askOf(url, `${ROOT}/v1`)).status).toBe(404);
    expect((await askOf(url, '/.well-known/oauth-authorization-server')).status).toBe(404);
  });
});
