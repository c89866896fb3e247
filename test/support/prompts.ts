import { afterAll } from 'vitest';
import { SYSTEM_PROMPTS } from '../../src/app/prompts.ts';
import type { PromptVersion } from '../../src/core/call/prompt.ts';
import { openPrompts, type Prompts } from '../../src/prompts/open-prompts.ts';

const QUIET = { onProblems: () => undefined, onChange: () => undefined };
let opened: Promise<Prompts> | undefined;

/** The built-in prompts, opened once for a file of tests. */
export const builtInPrompts = (): Promise<Prompts> =>
  (opened ??= openPrompts('prompts', QUIET, SYSTEM_PROMPTS));

afterAll(async () => {
  (await opened)?.close();
});

/** The version of a built-in prompt that most callers are given. */
export const usualPrompt = async (id: string): Promise<PromptVersion> =>
  (await builtInPrompts()).usual(id);
