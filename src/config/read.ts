import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Yaml from 'yaml';
import { z } from 'zod';
import { instead } from './nearest.ts';
import { Settings, type Config } from './settings.ts';

export type { Config };

/** A setting that is wrong; the message says which, where it came from, and what would be right. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Variables of the settings that have one. The file uses the same names as the schema. */
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
    .filter(([, value]) => isSet(value) && !OF_A_LINK.test(value ?? ''));
  const result = Settings.safeParse({ ...file, ...Object.fromEntries(variables) });
  const wrong = [
    ...unknownVariables(env),
    ...(result.error?.issues ?? []).map((issue) => toLine(issue, env)),
  ];
  if (wrong.length > 0 || !result.success) throw settingsAreWrong(wrong);
  return Object.freeze(result.data);
}

/**
 * The database of a process that a client starts wherever the client stands: its own folder for data,
 * the same each time. Null where somebody has named one: by variable, by a settings file in the folder,
 * or by having begun one there.
 * @param data folder for a user's data
 */
export function unnamedDb(
  env: Record<string, string | undefined>,
  { folder, data }: { folder: string; data: string },
): string | null {
  const named =
    isSet(env['TOLLGATE_DB']) ||
    existsSync(join(folder, 'tollgate.yaml')) ||
    existsSync(join(folder, '.tollgate', 'tollgate.db'));
  return named ? null : `sqlite:${join(data, 'tollgate.db')}`;
}

/** One line for each. */
export const settingsAreWrong = (lines: readonly string[]): ConfigError =>
  new ConfigError(`settings are wrong:\n${lines.map((line) => `  ${line}`).join('\n')}`);

/** A variable that is set to nothing is one that is not set. */
const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

function toLine(issue: z.core.$ZodIssue, env: Record<string, string | undefined>): string {
  const key = issue.path.join('.');
  const variable = VARIABLES[key as keyof Config];
  const place =
    variable !== undefined && isSet(env[variable]) ? variable : `tollgate.yaml: ${key || '(root)'}`;
  return `${place}: ${messageOf(issue)}`;
}

function messageOf(issue: z.core.$ZodIssue): string {
  // Say what is wrong with a name, not only that it is.
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const known = keysAt(issue.path);
  const meant = issue.keys.map((key) => instead(key, known));
  return [issue.message, ...new Set(meant)].join('. ');
}

/** The keys that the settings have at a place. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let found: Branch = withKeys(z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any' }));
  for (const step of path) {
    const { properties = {}, additionalProperties } = found;
    found = withKeys(properties[String(step)] ?? additionalProperties);
  }
  return Object.keys(found.properties ?? {});
}

type Branch = z.core.JSONSchema.JSONSchema;

/** Of alternatives the one that has keys. */
function withKeys(schema: Branch | boolean | undefined): Branch {
  if (typeof schema !== 'object') return {};
  const branches = [schema, ...(schema.anyOf ?? [])].filter((each) => typeof each === 'object');
  return branches.find(({ properties }) => properties !== undefined) ?? schema;
}

const PREFIX = 'TOLLGATE_';
/** The caller's own secret, on stdio and the command line. */
const KEY_VARIABLE = 'TOLLGATE_KEY';
/** Kubernetes tells every container of the services beside it, and one may be called tollgate. */
const OF_A_LINK = /^tcp:\/\/[\d.]+:\d+$/;
const OF_A_SERVICE = /^TOLLGATE_(SERVICE_(HOST|PORT(_.+)?)|PORT_\d+_(TCP|UDP|SCTP)(_.+)?)$/;

/** A misspelt variable would else be one that was never set. */
function unknownVariables(env: Record<string, string | undefined>): string[] {
  const known = [...Object.values(VARIABLES), KEY_VARIABLE].filter((name) =>
    name.startsWith(PREFIX),
  );
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && isSet(env[name]))
    .filter((name) => !known.includes(name) && !OF_A_SERVICE.test(name))
    .map((name) => `${name}: there is no such variable. ${instead(name, known)}`);
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
