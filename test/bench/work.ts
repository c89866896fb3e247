import { devNull } from 'node:os';
import { pino } from 'pino';
import type { App } from '../../src/app/app.ts';
import type { Config } from '../../src/config/read.ts';
import type { Provider } from '../../src/model/provider.ts';
import { ANSWER, fakeProvider } from '../support/fake-provider.ts';
import { buildApp, readConfig, tools } from './shipped.ts';

export const quietLog = pino({ base: null }, pino.destination(devNull));

/**
 * Default settings, but a ledger file in `folder`, and a budget that no bench comes to the end of. Without
 * a cache: it would answer the one question that is asked all the time.
 */
export const benchConfig = (folder: string, cache: 'on' | 'off' = 'off'): Config => ({
  ...readConfig({ TOLLGATE_DB: `sqlite:${folder}/${cache}.db`, TOLLGATE_CACHE: cache }, folder),
  local_daily_usd: 1_000_000,
});

/** Everything real but the model: log lines are written, ledger rows lie on disk. */
export const benchApp = (config: Config): App =>
  buildApp(config, { tools, log: quietLog, provider: forgetful() });

/** The fake of the tests, which remembers every request it got, without that memory. */
function forgetful(): Provider {
  const fake = fakeProvider(ANSWER);
  return {
    name: fake.name,
    stream(request, watch) {
      fake.requests.length = 0;
      return fake.stream(request, watch);
    },
  };
}
