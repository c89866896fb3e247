import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../src/simulator/server.ts';
import { openSqlite } from '../../src/stores/sqlite/open.ts';
import { expectSameLedgers } from '../support/agreement.ts';
import { startServe, type Serving } from '../support/command.ts';
import { tempFolder } from '../support/fronts.ts';
import { isEvent, readBlocks } from '../support/sse.ts';
import { TEST_LIMIT_MS } from '../support/limits.ts';

let folder: ReturnType<typeof tempFolder>;
let simulator: Simulator;
let gate: Serving;
beforeEach(async () => {
  folder = tempFolder();
  simulator = await startSimulator({ speed: 2 });
  // However slow the machine, the stream may finish.
  writeFileSync(
    join(folder.path, 'tollgate.yaml'),
    `shutdown_grace_ms: ${String(TEST_LIMIT_MS)}\n`,
  );
  gate = await startServe({
    cwd: folder.path,
    env: {
      ANTHROPIC_BASE_URL: simulator.url,
      ANTHROPIC_API_KEY: 'key-of-a-test',
    },
  });
});
afterEach(async () => {
  gate.child.kill('SIGKILL');
  await gate.exited;
  await simulator.close();
  folder.remove();
});

const rows = async () => {
  const store = openSqlite(join(folder.path, '.tollgate', 'tollgate.db'));
  const found = await store.ledger.list({ limit: 10 }, null);
  await store.close();
  return found;
};

const ask = (): Promise<Response> =>
  fetch(`${gate.url}/v1/tools/answer_question`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ question: 'How do I get my money back?' }),
  });

/** What is left of an answer, to its end or to where it was cut: nobody else would hear of that. */
const readOut = (body: Response['body']): Promise<unknown> =>
  new Response(body).text().catch(() => 'cut');

const statusOf = async (asked: Promise<Response>): Promise<number | 'no connection'> => {
  const response = await asked.catch(() => null);
  await readOut(response?.body ?? null);
  return response?.status ?? 'no connection';
};

describe('SIGTERM', () => {
  it('lets a running stream finish, takes nothing new, and ends with 0', async () => {
    expect(gate.banner).toContain('The model is real');
    const { body } = await ask();
    if (!body) throw new Error('a stream has a body');
    const names: string[] = [];
    let refused: Promise<unknown> | undefined;
    for await (const block of readBlocks(body)) {
      if (!isEvent(block)) continue;
      names.push(block.event);
      if (names.length !== 3) continue;
      gate.child.kill('SIGTERM');
      // Whether it is refused at the door or by a problem depends on how far the server is.
      refused = statusOf(ask());
    }
    expect(names[0]).toBe('call');
    expect(names.filter((name) => name === 'done' || name === 'error')).toEqual(['done']);
    expect(await gate.exited).toEqual([0, null]);
    expect(['no connection', 200, 503]).toContain(await refused);
    const written = await rows();
    expect(written.at(-1)).toMatchObject({ finish: 'complete', error_code: null });
    expectSameLedgers(written, simulator.ledger());
  });

  it('twice ends at once', async () => {
    const { body } = await ask();
    gate.child.kill('SIGTERM');
    gate.child.kill('SIGTERM');
    const [code, signal] = await gate.exited;
    await readOut(body);
    // Both may arrive before the first is handled, and are one then.
    expect([code, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGTERM']);
  });
});
