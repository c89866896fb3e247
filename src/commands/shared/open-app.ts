import { pino, type Logger } from 'pino';
import { buildApp, type App } from '../../app/app.ts';
import { bundledTools } from '../../app/bundled-tools.ts';
import { whyUnknown } from '../../config/check-names.ts';
import { readConfigHere } from '../../config/here.ts';
import type { Config } from '../../config/read.ts';
import { buildWatchdog, type LoopWatchdog } from '../../observe/watchdog.ts';
import { UsageError } from './fail.ts';

/** Standard error. */
const LOG_TO = 2;

/** The app as a command runs it: settings from here and now, logs on standard error. */
export function openApp(
  overrides: Partial<Record<string, string>> = {},
  { onlyModel }: { onlyModel?: string | undefined } = {},
): {
  app: App;
  config: Config;
  log: Logger;
  /** Not started: a command that serves nobody holds up nobody. */
  watchdog: LoopWatchdog;
} {
  const read = readConfigHere(overrides);
  const unknown = onlyModel === undefined ? null : whyUnknown(onlyModel, read);
  if (unknown !== null) throw new UsageError(`--model: ${unknown}`);
  const config = onlyModel === undefined ? read : withModel(read, onlyModel);
  // Standard output belongs to the answer, or to MCP.
  const log = pino({ level: config.log_level, base: null }, pino.destination(LOG_TO));
  const watchdog = buildWatchdog({
    heldMs: config.loop_held_ms,
    notReadyMs: config.loop_not_ready_ms,
    logTo: log.isLevelEnabled('warn') ? LOG_TO : null,
  });
  return { app: buildApp(config, { tools: bundledTools, log, watchdog }), config, log, watchdog };
}

/** Every chain is this model alone. */
const withModel = (config: Config, model: string): Config => ({
  ...config,
  chains: { fast: [model], balanced: [model], deep: [model] },
});
