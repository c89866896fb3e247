import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, explainConfig, readConfig } from '../src/config.ts';
import { CATALOG } from '../src/model/catalog.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function withFile(yaml: string, env: Record<string, string> = {}) {
  writeFileSync(join(folder, 'tollgate.yaml'), yaml);
  return readConfig(env, folder);
}

describe('settings', () => {
  it('have defaults for everything', () => {
    expect(readConfig({}, folder)).toMatchObject({
      host: '127.0.0.1',
      port: 8484,
      db: 'sqlite:.tollgate/tollgate.db',
      log_level: 'info',
    });
    expect(readConfig({}, folder).anthropic_api_key).toBeUndefined();
  });

  it('have defaults that name only models with a price', () => {
    const { chains } = readConfig({}, folder);
    for (const model of Object.values(chains).flat()) expect(CATALOG).toHaveProperty(model);
  });

  it('come from the file', () => {
    const config = withFile('port: 9000\nchains:\n  fast: [a]\n  balanced: [b]\n  deep: [c, d]\n');
    expect(config.port).toBe(9000);
    expect(config.chains.deep).toEqual(['c', 'd']);
    expect(config.host).toBe('127.0.0.1');
  });

  it.each([
    ['TOLLGATE_HOST', '0.0.0.0', 'host', '0.0.0.0'],
    ['TOLLGATE_PORT', '9001', 'port', 9001],
    ['TOLLGATE_DB', 'sqlite:/data/x.db', 'db', 'sqlite:/data/x.db'],
    ['TOLLGATE_PUBLIC_URL', 'https://gate.example', 'public_url', 'https://gate.example'],
    ['TOLLGATE_LOG_LEVEL', 'warn', 'log_level', 'warn'],
    ['ANTHROPIC_API_KEY', 'sk-1', 'anthropic_api_key', 'sk-1'],
    ['ANTHROPIC_BASE_URL', 'http://127.0.0.1:9', 'anthropic_base_url', 'http://127.0.0.1:9'],
  ])('come from %s before the file', (...[variable, value, key, expected]) => {
    const inFile: Record<string, string> = {
      host: 'filehost',
      port: '1',
      db: 'sqlite:file.db',
      public_url: 'http://file.example',
      log_level: 'error',
      anthropic_api_key: 'sk-file',
      anthropic_base_url: 'http://file.example',
    };
    const yaml = `${key}: ${inFile[key] ?? ''}\n`;
    expect(withFile(yaml)).not.toHaveProperty(key, expected);
    expect(withFile(yaml, { [variable]: value })).toHaveProperty(key, expected);
    // A variable that is set to nothing is one that is not set.
    expect(withFile(yaml, { [variable]: '' })).toEqual(withFile(yaml));
  });

  it('may be an empty file', () => {
    expect(withFile('# nothing yet\n')).toEqual(readConfig({}, join(folder, 'elsewhere')));
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(readConfig({}, folder))).toBe(true);
  });

  it('may add a model with its prices', () => {
    const { models } = withFile(
      'models:\n  my-model:\n    prices: [{ input: 1, output: 2, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 }]\n',
    );
    expect(models['my-model']).toMatchObject({
      tokenFactor: 1.3,
      prices: [{ from: '2025-01-01', input: 1 }],
    });
  });
});

describe('a setting that is wrong', () => {
  it.each([
    ['the port of a variable', '', { TOLLGATE_PORT: '70000' }, 'TOLLGATE_PORT'],
    ['a port that is no number', '', { TOLLGATE_PORT: 'http' }, 'TOLLGATE_PORT'],
    [
      'a database of another kind',
      '',
      { TOLLGATE_DB: 'mysql://x' },
      'TOLLGATE_DB: must be sqlite:<path>',
    ],
    ['an address that is none', '', { ANTHROPIC_BASE_URL: 'localhost' }, 'ANTHROPIC_BASE_URL'],
    ['a port in the file', 'port: 70000', {}, 'tollgate.yaml: port'],
    ['a wrong key', 'prot: 8484', {}, /tollgate\.yaml: \(root\): .*"prot"/],
    [
      'a wrong key further in',
      'chains: { fast: [a], balanced: [b], deep: [c], slow: [d] }',
      {},
      /tollgate\.yaml: chains: .*"slow"/,
    ],
    [
      'a chain of nothing',
      'chains: { fast: [], balanced: [b], deep: [c] }',
      {},
      'tollgate.yaml: chains.fast',
    ],
    [
      'a price below zero',
      'models: { m: { prices: [{ input: -1, output: 2, cacheWrite5m: 1, cacheWrite1h: 2, cacheRead: 1 }] } }',
      {},
      'tollgate.yaml: models.m.prices.0.input',
    ],
    [
      'a price that is missing',
      'models: { m: { prices: [{ input: 1, output: 2 }] } }',
      {},
      'tollgate.yaml: models.m.prices.0.cacheRead',
    ],
    ['YAML that is none', 'port: [1', {}, 'tollgate.yaml: '],
    ['a list', '- port: 1', {}, 'tollgate.yaml: (root)'],
    ['a sentence', 'hello', {}, 'tollgate.yaml: (root)'],
  ])('is refused, naming the place: %s', (...[, yaml, env, reason]) => {
    const read = () => withFile(yaml, env);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(reason);
  });

  it('is named with all the others at once', () => {
    const read = () => withFile('log_level: loud\nbody_limit_bytes: 1\n', { TOLLGATE_PORT: '-1' });
    expect(read).toThrow(/TOLLGATE_PORT[\s\S]*log_level[\s\S]*body_limit_bytes/);
  });

  it('is found in the variable, not in the file that it hides', () => {
    expect(() => withFile('port: 8484', { TOLLGATE_PORT: 'x' })).toThrow('  TOLLGATE_PORT: ');
  });
});

describe('the explanation of settings', () => {
  it('has every setting with its meaning, default and variable', () => {
    const explained = explainConfig();
    for (const key of Object.keys(readConfig({ ANTHROPIC_API_KEY: 'x' }, folder)))
      expect(explained).toMatch(new RegExp(`^${key}\n {2}[A-Z].+\n {2}default: .+`, 'm'));
    expect(explained).toContain(
      'port\n  Port to listen on\n  default: 8484\n  variable: TOLLGATE_PORT',
    );
    expect(explained).toMatch(/anthropic_api_key\n.*\n {2}default: none/);
  });
});
