import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CODES, rowOf, type Code } from '../../../src/errors/codes.ts';
import { tools } from '../../../tools/index.ts';
import { fakeProvider } from '../../support/fake-provider.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { send, type RawAnswer } from '../../support/raw-http.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({ provider: fakeProvider({}) });
});
afterAll(() => server.close());

const get = (path: string, accept?: string): Promise<RawAnswer> =>
  send(`${server.url}${path}`, { headers: { accept } });

interface Operation {
  operationId?: string;
  responses: Record<string, { content?: Record<string, unknown>; description: string }>;
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, unknown> }>;
  };
}
interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: { code?: { enum: string[] } } }> };
}

describe('the OpenAPI document', () => {
  it('is the one in the repository, in both notations', async () => {
    const yaml = await get('/openapi.yaml');
    expect(yaml.headers['content-type']).toBe('application/yaml; charset=utf-8');
    expect(yaml.text).toBe(readFileSync('openapi.yaml', 'utf8'));
    expect((await get('/openapi.json')).json()).toEqual(parse(yaml.text));
  });

  it('is valid OpenAPI 3.1', async () => {
    const document = (await get('/openapi.json')).json() as OpenApi;
    const result = await new Validator().validate(
      structuredClone(document) as unknown as Record<string, unknown>,
    );
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('has one operation per tool, named like it, with its examples', async () => {
    const { paths } = (await get('/openapi.json')).json() as OpenApi;
    const posts = Object.entries(paths).flatMap(([path, { post }]) =>
      post ? [{ path, post }] : [],
    );
    const calls = posts.filter(({ path }) => path.startsWith('/v1/tools/'));
    expect(calls.map(({ path, post }) => [path, post.operationId])).toEqual(
      tools.map(({ name }) => [`/v1/tools/${name}`, name]),
    );
    for (const { post } of calls) {
      // OpenAPI has one word for one example and another for several.
      const { example, examples } = post.requestBody?.content['application/json'] ?? {};
      expect(example ?? examples).toBeDefined();
      expect(Object.keys(post.responses['200']?.content ?? {})).toEqual([
        'application/json',
        'text/event-stream',
      ]);
    }
  });

  it('gives no two operations the same name', async () => {
    const { paths } = (await get('/openapi.json')).json() as OpenApi;
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('names every error code, each under its status', async () => {
    const { paths, components } = (await get('/openapi.json')).json() as OpenApi;
    expect(components.schemas['Problem']?.properties.code?.enum).toEqual(Object.keys(CODES));
    // On no route: an address that is none, sessions of MCP, and what only the ledger shows.
    const nowhere = ['unknown_route', 'too_many_sessions', 'unknown_session', 'process_lost'];
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    for (const code of Object.keys(CODES) as Code[]) {
      if (nowhere.includes(code)) continue;
      const descriptions = operations.map(
        ({ responses }) => responses[rowOf(code).status]?.description ?? '',
      );
      expect(descriptions.some((text) => text.includes(`\`${code}\``))).toBe(true);
    }
  });
});

describe('/docs', () => {
  it('is a page that loads nothing from elsewhere', async () => {
    const page = await get('/docs/');
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) =>
      String(source),
    );
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources) {
      expect(source).not.toMatch(/^(https?:)?\/\//);
      const file = await get(new URL(source, `${server.url}/docs/`).pathname);
      expect(file.status).toBe(200);
      if (source.includes('initializer')) expect(file.text).not.toMatch(/["'](https?:)?\/\/\w/);
    }
  });

  it('is where a browser lands that was given the bare address', async () => {
    const response = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
  });

  it('is found without its slash', async () => {
    const page = await fetch(`${server.url}/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('swagger-ui');
  });
});

describe('/llms.txt', () => {
  it('names every tool and where to read more, and every address works', async () => {
    const { status, text, headers } = await get('/llms.txt');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect(text).toMatch(/^# tollgate\n\n> /);
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => new URL(String(link)));
    for (const { name } of tools)
      expect(links.map(({ pathname }) => pathname)).toContain(`/v1/tools/${name}`);
    for (const { pathname, search } of links)
      expect((await get(pathname + search)).status).toBe(200);
  });
});

describe('the pages about errors', () => {
  it.each(Object.keys(CODES) as Code[])(
    'have one about %s, for people and for agents',
    async (code) => {
      const markdown = await get(`/errors/${code}`, 'text/markdown');
      expect(markdown.headers['content-type']).toBe('text/markdown; charset=utf-8');
      expect(markdown.text).toContain(`# ${code}\n`);
      expect(markdown.text).toContain(rowOf(code).actions[0].action);
      const html = await get(`/errors/${code}`, 'text/html,application/xhtml+xml,*/*;q=0.8');
      expect(html.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(html.text).toContain(`<h1>${code}</h1>`);
    },
  );

  it('have a list of all', async () => {
    const { text } = await get('/errors');
    for (const code of Object.keys(CODES)) expect(text).toContain(`- ${code} (`);
  });

  it('have none about what is no code', async () => {
    for (const code of ['out_of_coffee', 'toString', '__proto__']) {
      expect((await get(`/errors/${code}`)).json()).toMatchObject({ code: 'unknown_route' });
    }
  });
});

describe('the server', () => {
  it('is healthy and ready', async () => {
    expect((await get('/health')).json()).toMatchObject({ status: 'ok', simulated: false });
    expect((await get('/ready')).json()).toMatchObject({
      status: 'ready',
      parts: { store: null },
    });
  });

  it('is not ready without its database', async () => {
    const broken = await openTestServer({ provider: fakeProvider({}) });
    await broken.app.close();
    const answer = await send(`${broken.url}/ready`);
    expect(answer.status).toBe(503);
    expect(answer.json()).toMatchObject({ status: 'not_ready' });
    await broken.server.close();
  });

  it.each(['/%E0%A4%A', '/v1/tools/%E0%A4%A'])(
    'says what is wrong with the address %s',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid_request' });
    },
  );
});
