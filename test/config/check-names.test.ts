import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config/read.ts';
import { buildApp } from '../../src/app/app.ts';
import { openModel } from '../../src/app/providers.ts';
import { tools } from '../../tools/index.ts';
import { silentLog } from '../support/test-app.ts';

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

const PRICES =
  'prices: [{ input: 1, output: 2, cacheWrite5m: 1.25, cacheWrite1h: 2, cacheRead: 0.1 }]';

describe('settings that name what is not there', () => {
  const start = (yaml: string) => () =>
    buildApp(withFile(`db: 'sqlite::memory:'\n${yaml}`), { tools, log: silentLog });

  it.each([
    [
      'a misspelt model in a chain',
      'chains: { fast: [claude-hiaku-5-5], balanced: [claude-sonnet-5-5], deep: [claude-opus-5-5] }',
      'chains.fast: the model "claude-hiaku-5-5" has no price, neither in the built-in list nor under models. Did you mean "claude-haiku-5-5"?',
    ],
    [
      'a model of the file that a chain misspells',
      `models: { my-model: { ${PRICES} } }\nchains: { fast: [mymodel], balanced: [my-model], deep: [my-model] }`,
      'chains.fast: the model "mymodel" has no price, neither in the built-in list nor under models. Did you mean "my-model"?',
    ],
    [
      'a misspelt tool',
      'tools: { answer_qestion: { deadline_ms: 1 } }',
      /tools\.answer_qestion: there is no such tool\. There are: .*\. Did you mean "answer_question"\?/,
    ],
    [
      'the budget of a misspelt tool',
      'budgets: { a: { scope: tool, of: sumarize_text, unit: usd, limit: 1, window: day } }',
      /budgets\.a\.of: there is no tool "sumarize_text"\. .*Did you mean "summarize_text"\?/,
    ],
    [
      'a model of an unknown provider',
      `providers: { here: { base_url: 'http://x' } }\nmodels: { mine: { provider: hree, ${PRICES} } }`,
      'models.mine.provider: there is no provider "hree". There are: here, anthropic. Did you mean "here"?',
    ],
    ['an embedder without its address', 'embedder: http', 'embedding: embedder http needs to know'],
  ])('stop the start, with the name that was meant: %s', (_, yaml, message) => {
    expect(start(`${yaml}\n`)).toThrow(ConfigError);
    expect(start(`${yaml}\n`)).toThrow(message);
  });

  it('are told together, one line each', () => {
    const begin = start(
      'tools: { a_tool: {} }\nbudgets: { a: { scope: tool, of: b_tool, unit: usd, limit: 1, window: day } }\n',
    );
    expect(begin).toThrow(
      /\n {2}tollgate\.yaml: tools\.a_tool.*\n {2}tollgate\.yaml: budgets\.a\.of/,
    );
  });

  it('may name teams, users and keys that come later', () => {
    const app = start(
      'budgets: { a: { scope: team, of: nobody, unit: usd, limit: 1, window: day } }\n',
    )();
    return app.close();
  });

  it('may name a model by its dated name', () => {
    const chain = '[claude-haiku-4-5-20251001]';
    const app = start(`chains: { fast: ${chain}, balanced: ${chain}, deep: ${chain} }\n`)();
    return app.close();
  });

  it('are none where a model names a provider of the file, or none', async () => {
    const model = openModel(
      withFile(`
providers: { here: { base_url: 'http://127.0.0.1:9/v1' } }
models: { mine: { provider: here, ${PRICES} }, other: { ${PRICES} } }
`),
    );
    const nameOf = (name: string): string => model.providerOf(name).name;
    expect(['mine', 'other', 'claude-haiku-5-5', 'constructor'].map(nameOf)).toEqual([
      ...['here', 'anthropic', 'anthropic', 'anthropic'],
    ]);
    await model.close();
  });
});

describe('a variable that is none of ours', () => {
  it.each([
    ['TOLLGATE_PROMTS', 'TOLLGATE_PROMPTS'],
    ['TOLLGATE_LOGLEVEL', 'TOLLGATE_LOG_LEVEL'],
    ['TOLLGATE_KEYS', 'TOLLGATE_KEY'],
    ['TOLLGATE_DATABASE', 'TOLLGATE_DB'],
  ])('is refused with the nearest: %s for %s', (name, meant) => {
    const read = () => readConfig({ [name]: 'x' }, folder);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(`${name}: there is no such variable. `);
    if (name !== 'TOLLGATE_DATABASE') expect(read).toThrow(`Did you mean "${meant}"?`);
    expect(read).toThrow(meant);
  });

  it('is refused beside other mistakes, all in one message', () => {
    const read = () => readConfig({ TOLLGATE_PROMTS: 'x', TOLLGATE_PORT: 'http' }, folder);
    expect(read).toThrow(/TOLLGATE_PROMTS: .*\n {2}TOLLGATE_PORT: /);
  });

  it('does no harm when it is empty, or of another program', () => {
    const defaults = readConfig({}, folder);
    expect(readConfig({ TOLLGATE_PROMTS: '', TOLL: 'x', tollgate_db: 'x' }, folder)).toEqual(
      defaults,
    );
  });

  it('does no harm when it comes from a Kubernetes service that is called tollgate', () => {
    const env = {
      TOLLGATE_SERVICE_HOST: '10.0.0.1',
      TOLLGATE_SERVICE_PORT: '8484',
      TOLLGATE_SERVICE_PORT_HTTP: '8484',
      TOLLGATE_PORT: 'tcp://10.0.0.1:8484',
      TOLLGATE_PORT_8484_TCP: 'tcp://10.0.0.1:8484',
      TOLLGATE_PORT_8484_TCP_ADDR: '10.0.0.1',
      TOLLGATE_PORT_8484_TCP_PORT: '8484',
      TOLLGATE_PORT_8484_TCP_PROTO: 'tcp',
    };
    expect(readConfig(env, folder)).toEqual(readConfig({}, folder));
  });
});
