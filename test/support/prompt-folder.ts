import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface PromptFolder {
  path: string;
  write(file: string, text: string): void;
  read(file: string): string;
  remove(file?: string): void;
}

/** A prompts folder of a test's own: empty, or a copy of the built-in one. Remove it. */
export function promptFolder({ from }: { from?: string } = {}): PromptFolder {
  const path = mkdtempSync(join(tmpdir(), 'tollgate-prompts-'));
  if (from !== undefined) cpSync(from, path, { recursive: true });
  return {
    path,
    write(file, text) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    },
    read: (file) => readFileSync(join(path, file), 'utf8'),
    remove(file = '') {
      rmSync(join(path, file), { recursive: true, force: true });
    },
  };
}

interface Written {
  status?: string;
  variables?: string;
  model?: string;
  system?: string;
  user?: string;
}

/** A prompt file. */
export const promptText = (
  id: string,
  version: string,
  { status = 'live', variables = '{}', model = '', system = 'You greet.', user }: Written = {},
): string => `---
id: ${id}
version: ${version}
author: somebody
date: 2026-11-23
why: To test with.
status: ${status}
model: { max_output_tokens: 100, expected_output_tokens: 10${model} }
variables: ${variables}
---
# system
${system}
# user
${user ?? `This is ${version}.`}
`;
