import { execFile } from 'node:child_process';
import { readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServe, type Serving } from '../support/command.ts';
import { damagePages } from '../support/damage.ts';
import { eventually } from '../support/eventually.ts';
import { tempFolder } from '../support/fronts.ts';
import { startFakeAnthropic, type FakeAnthropic } from '../support/fake-anthropic.ts';

let folder: ReturnType<typeof tempFolder>;
let fakeAnthropic: FakeAnthropic;
const started: Serving[] = [];
beforeEach(async () => {
  folder = tempFolder();
  fakeAnthropic = await startFakeAnthropic();
});
afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
  await fakeAnthropic.close();
  folder.remove();
});

const database = (): string => join(folder.path, '.tollgate', 'tollgate.db');

async function serve(): Promise<Serving> {
  const gate = await startServe({
    cwd: folder.path,
    env: { ANTHROPIC_BASE_URL: fakeAnthropic.url, ANTHROPIC_API_KEY: 'key-of-a-test' },
  });
  started.push(gate);
  return gate;
}

interface Said {
  status: number;
  body: { status?: string; parts?: { store: string | null }; code?: string; detail?: string };
}

async function get(url: string, init?: RequestInit): Promise<Said> {
  const response = await fetch(url, init);
  return { status: response.status, body: (await response.json()) as Said['body'] };
}

const ready = ({ url }: Serving): Promise<Said> => get(`${url}/ready`);

/** What `/ready` says of the store alone: a busy machine may hold up the event loop besides. */
const store = async (gate: Serving): Promise<string | null | undefined> =>
  (await ready(gate)).body.parts?.store;

const ask = ({ url }: Serving, question: string): Promise<Said> =>
  get(`${url}/v1/tools/answer_question`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question }),
  });

/** Once `/ready` has turned no call is let in, and no model is asked. */
async function expectClosed(gate: Serving, why: string): Promise<void> {
  const { status, body } = await ready(gate);
  expect([status, body.status]).toEqual([503, 'not_ready']);
  expect(body.parts?.store).toContain(why);
  const before = fakeAnthropic.asked.length;
  const refused = await ask(gate, 'Is it open?');
  expect(refused).toMatchObject({ status: 503, body: { code: 'ledger_unavailable' } });
  expect(refused.body.detail).toContain(why);
  expect(fakeAnthropic.asked).toHaveLength(before);
}

describe('the database of a running server', () => {
  it('that is renamed closes it, and opens it again when it is put back', async () => {
    const gate = await serve();
    expect((await ask(gate, 'How long?')).status).toBe(200);
    renameSync(database(), `${database()}.old`);
    await expectClosed(gate, 'is no longer there');
    renameSync(`${database()}.old`, database());
    expect(await store(gate)).toBeNull();
    expect((await ask(gate, 'And how far?')).status).toBe(200);
  });

  it('that is deleted is not spent on twice: only the server that opened a new one goes on', async () => {
    const first = await serve();
    expect((await ask(first, 'How long?')).status).toBe(200);
    for (const name of readdirSync(join(folder.path, '.tollgate'))) {
      if (name.startsWith('tollgate.db')) unlinkSync(join(folder.path, '.tollgate', name));
    }
    const second = await serve();
    await expectClosed(first, 'another file has taken the place');
    expect((await ask(second, 'How long?')).status).toBe(200);
    expect(await store(second)).toBeNull();
  });

  it('that is damaged closes it', async () => {
    const gate = await serve();
    expect((await ask(gate, 'How long?')).status).toBe(200);
    damagePages(database());
    // By whichever comes first: a call that meets a damaged page, or the probe of /ready.
    await eventually(async () => {
      await ask(gate, `How long, ${String(Math.random())}?`);
      expect(await store(gate)).not.toBeNull();
    });
    await expectClosed(gate, 'is damaged');
  });
});

const prlimit = (pid: number | undefined, size: string) =>
  promisify(execFile)('prlimit', ['--pid', String(pid), `--fsize=${size}`]);

const hasPrlimit = await promisify(execFile)('prlimit', ['--version']).then(
  () => true,
  () => false,
);

describe.runIf(hasPrlimit)('a disk that takes no more', () => {
  it('closes the server, and opens it again when there is room', async () => {
    const gate = await serve();
    expect((await ask(gate, 'How long?')).status).toBe(200);
    // No file of the process may grow any more: what a full disk is to it.
    const { size } = statSync(`${database()}-wal`);
    await prlimit(gate.child.pid, `${String(size)}:unlimited`);
    await eventually(async () => {
      expect(await store(gate)).not.toBeNull();
    });
    await expectClosed(gate, 'tollgate.db');
    await prlimit(gate.child.pid, 'unlimited:unlimited');
    await eventually(async () => {
      expect(await store(gate)).toBeNull();
    });
    expect((await ask(gate, 'And how far?')).status).toBe(200);
  });
});
