import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, startCommand, startServe, type Serving } from '../../support/command.ts';
import { IS_DEEP } from '../../support/depth.ts';
import { overRest, tempFolder } from '../../support/fronts.ts';
import { send } from '../../support/raw-http.ts';

let folder: ReturnType<typeof tempFolder>;
let gate: Serving | undefined;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(async () => {
  gate?.child.kill('SIGKILL');
  await gate?.exited;
  gate = undefined;
  folder.remove();
});

describe('tollgate serve', () => {
  it('needs no key: it says what to open and what to paste, and all of it works', async () => {
    gate = await startServe({ cwd: folder.path });
    const { banner, url } = gate;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(banner).toContain('The model is simulated');
    expect(banner).toContain(`claude mcp add --transport http tollgate ${url}/mcp`);
    expect(banner).toContain(`{"mcpServers":{"tollgate":{"url":"${url}/mcp"}}}`);
    const addresses = [...banner.matchAll(/^ {2}(http\S+)/gm)].map(([, address]) =>
      String(address),
    );
    expect(addresses).toHaveLength(3);
    const [, ledger = ''] = /(http\S+\/_sim\/ledger)/.exec(banner) ?? [];
    for (const address of [...addresses, ledger]) {
      expect((await fetch(address)).status).toBe(200);
    }
    const called = await overRest(url)('answer_question', {
      question: 'How do I get my money back?',
    });
    expect(called).toMatchObject({ ok: true, output: { found: true }, call: { simulated: true } });
    expect((await send(`${url}/health`)).json()).toMatchObject({ simulated: true });
    // Links lead to where the server really listens.
    const { problem } = await overRest(url)('answer_question', {});
    expect(problem?.doc_url).toBe(`${url}/errors/invalid_input`);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops on %s with exit code 0', async (signal) => {
    gate = await startServe({ cwd: folder.path });
    gate.child.kill(signal);
    expect(await gate.exited).toEqual([0, null]);
  });

  it('says in a sentence that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stdout, stderr } = await runCommand(['serve', '--port', String(port)], {
      cwd: folder.path,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^tollgate: port ${String(port)} is taken\\. .*\\n$`));
    other.close();
  });
});

describe('tollgate serve for more than this machine', () => {
  const keys = (...args: string[]) => runCommand(['keys', ...args], { cwd: folder.path });

  it('is refused while there are no keys, and says how to make one', async () => {
    const { code, stdout, stderr } = await runCommand(
      ['serve', '--host', '0.0.0.0', '--port', '0'],
      { cwd: folder.path, asProcess: IS_DEEP },
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^tollgate: refusing to listen on 0\.0\.0\.0 .*tollgate keys create NAME\n$/,
    );
  });

  it('asks everybody for a key, under whatever name they reach it', async () => {
    const { stdout: secret } = await keys('create', 'web', '--json');
    const { key } = JSON.parse(secret) as { key: string };
    gate = await startServe({ cwd: folder.path, env: { TOLLGATE_HOST: '0.0.0.0' } });
    const url = gate.url.replace('0.0.0.0', '127.0.0.1');
    const ask = (headers: Record<string, string>) => send(`${url}/v1/tools`, { headers });
    expect((await ask({ host: 'gate.example' })).status).toBe(401);
    expect((await ask({ host: 'gate.example', 'x-api-key': key })).status).toBe(200);
    const elsewhere = { host: 'gate.example', origin: 'https://evil.example', 'x-api-key': key };
    expect((await ask(elsewhere)).json()).toMatchObject({ code: 'forbidden_origin' });
  });

  it('does not start with another secret than its keys were hashed with', async () => {
    await keys('create', 'web');
    const { code, stderr } = await runCommand(['serve', '--port', '0'], {
      cwd: folder.path,
      asProcess: IS_DEEP,
      env: { TOLLGATE_KEY_SECRET: 'another-secret-than-before' },
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^tollgate: the keys of this database were hashed with another/);
  });
});

describe('tollgate simulator', () => {
  it('serves the Messages API alone and says how to use it', async () => {
    const child = startCommand(['simulator', '--port', '0'], { cwd: folder.path });
    const exited = once(child, 'exit');
    const [text] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    const [, url = ''] = /Messages API: (\S+)/.exec(text.toString()) ?? [];
    const { status, json } = await send(`${url}/_sim/ledger`);
    expect(status).toBe(200);
    expect(json()).toMatchObject({ entries: [] });
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});
