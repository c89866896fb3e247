import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand, startCommand } from '../support/command.ts';
import { tempFolder } from '../support/fronts.ts';

const folder = tempFolder();
afterAll(() => {
  folder.remove();
});

function script(name: string, text: string): string {
  const file = join(folder.path, name);
  writeFileSync(file, text);
  return file;
}

describe('tollgate simulator', () => {
  it('--help says how to make a request fail', async () => {
    const { code, stdout } = await runCommand(['simulator', '--help'], { cwd: folder.path });
    expect(code).toBe(0);
    for (const word of ['--script', 'x-sim-fault', '/_sim/faults']) expect(stdout).toContain(word);
  });

  it('--script loads the rules of a file', async () => {
    const file = script('faults.json', '[{ "id": "outage", "fault": "overloaded-529" }]');
    const child = startCommand(['simulator', '--port', '0', '--script', file], {
      cwd: folder.path,
    });
    const exited = once(child, 'exit');
    const [text] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    const [, url = ''] = /Messages API: (\S+)/.exec(text.toString()) ?? [];
    const response = await fetch(`${url}/_sim/faults`);
    expect(await response.json()).toMatchObject({ rules: [{ id: 'outage', hits: 0 }] });
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });

  it.each([
    ['no JSON', '[{', /the file is not valid JSON/],
    ['a wrong rule', '[{ "fault": "hang", "nht": 1 }]', /rules\.0\.nht: Unknown key; allowed: id,/],
  ])('--script with %s exits with 2 and says where', async (_, content, message) => {
    const args = ['simulator', '--script', script('wrong.json', content)];
    const { code, stdout, stderr } = await runCommand(args, { cwd: folder.path });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^tollgate: --script .*wrong\.json: /);
    expect(stderr).toMatch(message);
  });

  it('--script with no such file says so', async () => {
    const args = ['simulator', '--script', 'nowhere.json'];
    const { code, stderr } = await runCommand(args, { cwd: folder.path });
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'tollgate: there is no nowhere.json\n' });
  });
});
