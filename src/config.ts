import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { Settings, type Config } from './settings.ts';

export type { Config };

/** A setting that is wrong; the message says which, where it came from, and what would be right. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Where settings that have a variable take it from. The file uses the same names as the schema. */
const VARIABLES: Partial<Record<keyof Config, string>> = {
  host: 'TOLLGATE_HOST',
  port: 'TOLLGATE_PORT',
  db: 'TOLLGATE_DB',
  prompts: 'TOLLGATE_PROMPTS',
  public_url: 'TOLLGATE_PUBLIC_URL',
  log_level: 'TOLLGATE_LOG_LEVEL',
  key_secret: 'TOLLGATE_KEY_SECRET',
  embedder: 'TOLLGATE_EMBEDDER',
  cache: 'TOLLGATE_CACHE',
  anthropic_api_key: 'ANTHROPIC_API_KEY',
  anthropic_base_url: 'ANTHROPIC_BASE_URL',
};

/**
 * Settings from `tollgate.yaml` in `folder` (if there is one) and from variables, which win.
 * @throws ConfigError
 */
export function readConfig(env: Record<string, string | undefined>, folder: string): Config {
  const file = readFile(`${folder}/tollgate.yaml`);
  const variables = Object.entries(VARIABLES)
    .map(([key, name]) => [key, env[name]] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  const result = Settings.safeParse({ ...file, ...Object.fromEntries(variables) });
  if (result.success) return Object.freeze(result.data);
  const lines = result.error.issues.map((issue) => {
    const { path } = issue;
    // What is wrong with a name, not only that it is.
    const { message } = issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
    const key = path.join('.');
    const variable = VARIABLES[key as keyof Config];
    const place =
      variable !== undefined && env[variable] ? variable : `tollgate.yaml: ${key || '(root)'}`;
    return `  ${place}: ${message}`;
  });
  throw new ConfigError(`settings are wrong:\n${lines.join('\n')}`);
}

function readFile(path: string): Record<string, unknown> {
  if (!existsSync(path)) return {};
  // Loaded only for those who have a file: it takes some 50 ms of a start of 400.
  const { parse } = createRequire(import.meta.url)('yaml') as typeof Yaml;
  try {
    return (parse(readFileSync(path, 'utf8')) ?? {}) as Record<string, unknown>;
  } catch (error) {
    throw new ConfigError(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Every setting with its default, variable and meaning, as `tollgate config --explain` prints it. */
export function explainConfig(): string {
  return Object.entries(Settings.shape)
    .map(([key, schema]) => {
      const preset = schema.safeParse(undefined);
      const value =
        preset.success && preset.data !== undefined ? JSON.stringify(preset.data) : 'none';
      const variable = VARIABLES[key as keyof Config];
      return `${key}\n  ${schema.description ?? ''}\n  default: ${value}${variable ? `\n  variable: ${variable}` : ''}\n`;
    })
    .join('\n');
}
