import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePrompt, type PromptFile } from './parse.ts';
import { buildCompiler, type CompiledPrompt } from './render.ts';

/** Prompts by id. */
export interface Prompts {
  /** @throws Error when there is no such prompt: a mistake of a tool's author */
  get(id: string): CompiledPrompt;
  /** A text that prompts share, by file name; null when there is none. */
  shared(name: string): string | null;
}

/**
 * Load every `<folder>/<id>/v<n>.md`; the highest version of an id is the one in use.
 * @throws Error naming the file, when one is not a prompt
 */
export function loadPrompts(folder: string): Prompts {
  const compile = buildCompiler(join(folder, '_shared'));
  const shared = readAll(join(folder, '_shared'));
  const prompts = new Map<string, CompiledPrompt>();
  for (const id of foldersIn(folder)) {
    const version = newestVersion(readdirSync(join(folder, id)));
    if (version === undefined) continue;
    const file = join(folder, id, version);
    const text = readFileSync(file, 'utf8');
    const parsed = parsePrompt(text, file);
    if (parsed.meta.id !== id || `${parsed.meta.version}.md` !== version) {
      throw new Error(`${file}: id and version in the file do not match its place`);
    }
    const fingerprint = fingerprintOf(text, shared);
    prompts.set(id, { ...compileFile(compile, parsed, file), fingerprint });
  }
  return {
    get(id) {
      const prompt = prompts.get(id);
      if (!prompt) throw new Error(`there is no prompt "${id}" in ${folder}`);
      return prompt;
    },
    shared: (name) => shared.get(name) ?? null,
  };
}

/** Of a prompt and of the shared texts that it names, or that those name. */
function fingerprintOf(text: string, shared: ReadonlyMap<string, string>): string {
  const named = new Map<string, string>();
  const collect = (from: string): void => {
    for (const [name, content] of shared) {
      if (named.has(name) || !from.includes(name)) continue;
      named.set(name, content);
      collect(content);
    }
  };
  collect(text);
  const parts = [...named].sort(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([text, parts]), 'hex');
}

function compileFile(
  compile: ReturnType<typeof buildCompiler>,
  prompt: PromptFile,
  file: string,
): ReturnType<typeof compile> {
  try {
    return compile(prompt);
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function readAll(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]));
}

const foldersIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
    .map((entry) => entry.name);

const numberOf = (name: string): number => Number(/^v(\d+)\.md$/.exec(name)?.[1] ?? 0);

const newestVersion = (names: string[]): string | undefined =>
  names.filter((name) => numberOf(name) > 0).sort((a, b) => numberOf(b) - numberOf(a))[0];
