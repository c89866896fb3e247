import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../support/fronts.ts';

interface Line {
  msg: string;
  held_ms: number;
  last_request: string;
  last_layer: string;
  stack?: string[];
}

describe('the watchdog of a real process', () => {
  const folder = tempFolder();
  const letGo = join(folder.path, 'let-go');
  const lines: Line[] = [];
  let child: ChildProcess;
  let url: string;
  let answer: Promise<Response>;

  /** The line that fits, once it is written. */
  const lineOf = async (fits: (line: Line) => boolean): Promise<Line> => {
    for (;;) {
      const found = lines.find(fits);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  beforeAll(async () => {
    const file = fileURLToPath(new URL('held-server.ts', import.meta.url));
    child = fork(file, [letGo], { execArgv: ['--import', 'tsx'], silent: true });
    if (!child.stderr) throw new Error('it has a standard error');
    createInterface({ input: child.stderr }).on('line', (text) => {
      lines.push(JSON.parse(text) as Line);
    });
    [url] = (await once(child, 'message')) as [string];
    await (await fetch(`${url}/ready`)).text();
    answer = fetch(`${url}/v1/tools/spin`, { method: 'POST' });
  });
  afterAll(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    folder.remove();
  });

  it('says while the loop is held which request and which layer of which call holds it', async () => {
    const held = await lineOf(({ last_layer: layer }) => layer.includes('spin'));
    expect(held.msg).toBe('the event loop is held');
    expect(held.last_request).toBe('POST /v1/tools/spin');
    expect(held.last_layer).toMatch(/^spin \w+ runTool$/);
    expect(held.held_ms).toBeGreaterThanOrEqual(200);
  });

  it('says in which function, by the stack of the held thread', async () => {
    const told = await lineOf(({ stack }) => stack?.join('').includes('holdTheLoop') === true);
    expect(told.stack?.join('\n')).toMatch(/holdTheLoop \(.*held-server\.ts:\d+\)/);
  });

  it('says when it turns again, and /ready of it to whoever asks next', async () => {
    writeFileSync(letGo, '');
    await lineOf(({ msg }) => msg === 'the event loop turns again');
    expect((await answer).status).toBe(200);
    const ready = await fetch(`${url}/ready`);
    expect(ready.status).toBe(503);
    const body = (await ready.json()) as {
      parts: Record<string, unknown>;
      longest_hold_ms: number;
    };
    expect(body.parts['event_loop']).toContain('The event loop was held for');
    expect(body.longest_hold_ms).toBeGreaterThanOrEqual(200);
  });
});
