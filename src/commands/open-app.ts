import { pino, type Logger } from 'pino';
import { tools } from '../../tools/index.ts';
import { buildApp, type App } from '../app.ts';
import { readConfig, type Config } from '../config.ts';

/** The app as a command runs it: settings from here and now, logs on standard error. */
export function openApp(
  overrides: Partial<Record<string, string>> = {},
  { onlyModel }: { onlyModel?: string | undefined } = {},
): {
  app: App;
  config: Config;
  log: Logger;
} {
  const read = readConfig({ ...process.env, ...overrides }, process.cwd());
  const config = onlyModel === undefined ? read : withModel(read, onlyModel);
  // Standard output belongs to the answer, or to MCP.
  const log = pino({ level: config.log_level, base: null }, pino.destination(2));
  return { app: buildApp(config, { tools, log }), config, log };
}

/** Every chain is this model alone. */
const withModel = (config: Config, model: string): Config => ({
  ...config,
  chains: { fast: [model], balanced: [model], deep: [model] },
});
