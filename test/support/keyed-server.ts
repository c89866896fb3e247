import { NewKey, type KeyDraft, type MadeKey } from '../../schemas/wire/key.ts';
import type { Problem } from '../../schemas/wire/problem.ts';
import { bearer } from './called.ts';
import { ANSWER, fakeProvider } from './fake-provider.ts';
import { openTestServer, type TestServer, type TestServerOptions } from './test-server.ts';
import { send, type RawAnswer } from './raw-http.ts';

export interface Asked {
  method?: string;
  /** The secret of a key; without it none is sent. */
  key?: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
}

/** A house that has keys, and a way to ask it things over REST. */
export interface KeyedServer extends TestServer {
  /** The secret of an admin. */
  boss: string;
  /** The secret of somebody who may only call. */
  anna: string;
  makeKey(draft: KeyDraft): Promise<MadeKey>;
  ask(path: string, asked?: Asked): Promise<RawAnswer>;
}

export async function openKeyedServer(options: TestServerOptions = {}): Promise<KeyedServer> {
  const server = await openTestServer({ provider: fakeProvider(ANSWER), ...options });
  const makeKey = (draft: KeyDraft): Promise<MadeKey> =>
    server.app.keys.create(NewKey.parse(draft));
  const { key: boss } = await makeKey({ name: 'boss', admin: true });
  const { key: anna } = await makeKey({ name: 'anna' });
  return { ...server, boss, anna, makeKey, ask: (...asked) => askOf(server.url, ...asked) };
}

/** One request; a body makes it a POST unless it is said otherwise. */
export const askOf = (
  url: string,
  path: string,
  { method, key, headers = {}, json }: Asked = {},
): Promise<RawAnswer> =>
  send(`${url}${path}`, {
    method: method ?? (json === undefined ? 'GET' : 'POST'),
    headers: {
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...bearer(key),
      ...headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });

export const problemIn = ({ json }: RawAnswer): Problem => json() as Problem;
