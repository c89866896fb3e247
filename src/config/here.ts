import envPaths from 'env-paths';
import { readConfig, unnamedDb, type Config } from './read.ts';

/**
 * Settings as the variables and the working directory of this process have them.
 * @param overrides variables that a command sets by itself
 * @throws ConfigError
 */
export const readConfigHere = (overrides: Partial<Record<string, string>> = {}): Config =>
  readConfig({ ...process.env, ...overrides }, process.cwd());

/** Overrides of a command that prints an answer: its log is silent, unless somebody has asked for more. */
export const quietLog = (): Record<string, string> => ({
  TOLLGATE_LOG_LEVEL: process.env['TOLLGATE_LOG_LEVEL'] ?? 'fatal',
});

/** The caller's secret, on the command line and on stdio. */
export function secretHere(): string | null {
  const { TOLLGATE_KEY: secret = '' } = process.env;
  return secret === '' ? null : secret;
}

/** The database of a server that a client has started here; null where somebody has named one. */
export const unnamedDbHere = (): string | null =>
  unnamedDb(process.env, {
    folder: process.cwd(),
    data: envPaths('tollgate', { suffix: '' }).data,
  });
