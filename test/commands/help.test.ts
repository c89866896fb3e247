import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tools } from '../../tools/index.ts';
import { runCommand, type Ran } from '../support/command.ts';
import { tempFolder } from '../support/fronts.ts';

const folder = tempFolder();
afterAll(() => {
  folder.remove();
});
const run = (...args: string[]): Promise<Ran> => runCommand(args, { cwd: folder.path });

describe('tollgate --help', () => {
  it('names every command, gives examples and explains the exit codes', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of [
      'serve',
      'mcp',
      'simulator',
      'tools',
      'call',
      'estimate',
      'openapi',
      'config',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes:');
  });

  it('has a page for each command', async () => {
    const { code, stdout } = await run('call', '--help');
    expect(code).toBe(0);
    for (const option of ['--input', '--json', '--stream']) expect(stdout).toContain(option);
  });

  it('--version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runCommand(['--version'], { cwd: folder.path, asProcess: true })).toEqual({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });
});

describe('tollgate tools', () => {
  it('lists every tool with what it is for', async () => {
    const { code, stdout } = await run('tools');
    expect(code).toBe(0);
    for (const { name, title } of tools) expect(stdout).toContain(`${name}\n  ${title}. `);
  });

  it('--json gives schemas and examples to programs', async () => {
    const { code, stdout } = await run('tools', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject(
      tools.map(({ name, json, examples }) => ({
        name,
        input_schema: json.input,
        output_schema: json.output,
        examples,
      })),
    );
  });
});

describe('tollgate config', () => {
  it('explains every setting with its default and its variable', async () => {
    const { code, stdout } = await run('config', '--explain');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'port\n  Port to listen on\n  default: 8484\n  variable: TOLLGATE_PORT',
    );
    expect(stdout).toContain('ANTHROPIC_BASE_URL');
  });
});

describe('tollgate openapi', () => {
  it('--check is content with the committed document, and not with another', async () => {
    expect(await run('openapi', '--check', resolve('openapi.yaml'))).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const other = join(folder.path, 'other.yaml');
    writeFileSync(other, 'openapi: 3.1.0\n');
    const { code, stderr } = await run('openapi', '--check', other);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tollgate: .*other\.yaml is out of date: run npm run openapi\n$/);
  });

  it('writes the document to a file or to standard output', async () => {
    const file = join(folder.path, 'openapi.yaml');
    expect((await run('openapi', '--out', file)).code).toBe(0);
    const { stdout } = await run('openapi');
    expect(stdout).toMatch(/^openapi: 3\.1\.0\n/);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
  });
});
