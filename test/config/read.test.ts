import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, explainConfig, readConfig } from '../../src/config/read.ts';
import { CATALOG } from '../../src/model/catalog.ts';

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
  it.each([
    [
      'Shop A: { scope: team, unit: usd, limit: 5, window: day }',
      /budgets\.Shop A: Must be 1 to 40 of a-z/,
    ],
    [
      'shop: { scope: team, unit: usd, limit: 5, window: day, colour: red }',
      /budgets\.shop: .*"colour"/,
    ],
    [
      'shop: { scope: team, unit: usd, limit: 5, window: year }',
      /budgets\.shop\.window: .*"month"/,
    ],
    [
      'shop: { scope: team, unit: tokens, limit: 0.5, window: day }',
      /budgets\.shop\.limit: Must be a whole/,
    ],
    ['shop: { scope: team, unit: usd, window: day }', /budgets\.shop\.limit: /],
  ])('refuse a budget that would not limit as it reads: %s', (budget, message) => {
    expect(() => withFile(`budgets:\n  ${budget}\n`)).toThrow(message);
  });

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

const PRICES =
  'prices: [{ input: 1, output: 2, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 }]';

describe('settings of models and what guards them', () => {
  it('are those of a small deployment where nothing is said', () => {
    expect(readConfig({}, folder)).toMatchObject({
      providers: {},
      time_limits: {},
      tools: {},
      breaker: {},
      most_attempts: 5,
      allowance: 2,
      model_concurrency: 64,
      model_queue: 1000,
    });
  });

  it('come from the file, each part of them by itself', () => {
    const config = withFile(`
providers:
  here: { base_url: 'http://127.0.0.1:8000/v1', api_key: k, structured: prompt }
  there: { base_url: 'http://there.example/v1' }
time_limits: { connect_ms: 1, first_token_ms: 2, idle_ms: 3, total_ms: 4 }
tools:
  answer_question: { deadline_ms: 5, time_limits: { idle_ms: 6 } }
breaker: { consecutive: 7, share: 0.8, minimum: 9, slow_first_token_ms: 10, slow_tokens_per_second: 0, open_ms: 11 }
most_attempts: 1
allowance: 1.5
model_concurrency: 2
model_queue: 0
models:
  mine: { provider: here, contextTokens: 8192, maxOutputTokens: 2048, cacheMinimumTokens: 1, ${PRICES} }
`);
    expect(config).toMatchObject({
      providers: {
        here: { base_url: 'http://127.0.0.1:8000/v1', api_key: 'k', structured: 'prompt' },
        there: { base_url: 'http://there.example/v1', structured: 'json_schema' },
      },
      time_limits: { connect_ms: 1, first_token_ms: 2, idle_ms: 3, total_ms: 4 },
      tools: { answer_question: { deadline_ms: 5, time_limits: { idle_ms: 6 } } },
      breaker: { consecutive: 7, share: 0.8, minimum: 9, slow_tokens_per_second: 0, open_ms: 11 },
      most_attempts: 1,
      allowance: 1.5,
      model_concurrency: 2,
      model_queue: 0,
      models: { mine: { provider: 'here', contextTokens: 8192, maxOutputTokens: 2048 } },
    });
  });

  it.each([
    ['providers.here.base_url', 'providers: { here: { base_url: localhost } }'],
    ['providers.here.base_url', 'providers: { here: { api_key: k } }'],
    ['providers.here.api_key', "providers: { here: { base_url: 'http://x', api_key: '' } }"],
    ['providers.here.structured', "providers: { here: { base_url: 'http://x', structured: x } }"],
    ['providers.here', "providers: { here: { base_url: 'http://x', url: 1 } }"],
    ['chains.deep', 'chains: { fast: [a], balanced: [b], deep: [c, d, c] }'],
    ['time_limits.idle_ms', 'time_limits: { idle_ms: 0 }'],
    // A timer that is set for longer than 24 days fires at once.
    ['time_limits.total_ms', 'time_limits: { total_ms: 2147483648 }'],
    ['time_limits.total_ms', 'time_limits: { total_ms: 1.5 }'],
    ['time_limits', 'time_limits: { idle: 1 }'],
    ['tools.a.deadline_ms', 'tools: { a: { deadline_ms: -1 } }'],
    ['tools.a.time_limits.connect_ms', 'tools: { a: { time_limits: { connect_ms: soon } } }'],
    ['tools.a', 'tools: { a: { retries: 3 } }'],
    ['breaker.consecutive', 'breaker: { consecutive: 0 }'],
    ['breaker.share', 'breaker: { share: 0 }'],
    ['breaker.share', 'breaker: { share: 1.1 }'],
    ['breaker.slow_tokens_per_second', 'breaker: { slow_tokens_per_second: -1 }'],
    ['breaker', 'breaker: { window: 20 }'],
    ['most_attempts', 'most_attempts: 0'],
    ['most_attempts', 'most_attempts: 21'],
    ['allowance', 'allowance: 0.9'],
    ['allowance', 'allowance: 21'],
    ['model_concurrency', 'model_concurrency: 0'],
    ['model_queue', 'model_queue: -1'],
    ['models.m.provider', `models: { m: { provider: '', ${PRICES} } }`],
    ['models.m.contextTokens', `models: { m: { contextTokens: 0, ${PRICES} } }`],
  ])('are refused, naming the place: %s in %s', (place, yaml) => {
    expect(() => withFile(yaml)).toThrow(ConfigError);
    expect(() => withFile(yaml)).toThrow(`  tollgate.yaml: ${place}: `);
  });
});

describe('a setting that is wrong', () => {
  it.each([
    ['at the root', 'prot: 8484', 'Did you mean "port"?'],
    ['further in', 'breaker: { opn_ms: 5 }', 'Did you mean "open_ms"?'],
    ['under a name', 'tools: { a: { deadline: 5 } }', 'There are: deadline_ms, time_limits, cache'],
    ['in one of two shapes', 'cache: { max_falsehits: 0.1 }', 'Did you mean "max_false_hits"?'],
  ])('by its key is told with the key that was meant: %s', (_, yaml, message) => {
    expect(() => withFile(yaml)).toThrow(message);
  });

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
