import { join } from 'node:path';
import { readConfigHere } from '../../config/here.ts';
import { bundledTools, gradeAnswer, judgeSameAnswer } from '../../app/bundled-tools.ts';
import { hasPrompt, type LlmTool } from '../../core/tool/define-tool.ts';
import { type Config } from '../../config/read.ts';
import { packageRoot } from '../../config/package-root.ts';
import { openFolder } from '../../prompts/open-folder.ts';
import type { RawFolder } from '../../prompts/read-folder.ts';
import { NO_LOCK } from '../../prompts/lock.ts';
import { buildRegistry, type LoadedVersion, type Registry } from '../../prompts/registry.ts';
import { allTo } from '../../prompts/split.ts';
import { openSystemPrompts, withSystem } from '../../prompts/system.ts';
import { SYSTEM_PROMPTS } from '../../app/prompts.ts';
import { UsageError } from '../shared/fail.ts';

/** The prompts as they are on disk, for commands that do not need a server. */
export interface OnDisk {
  config: Config;
  folder: string;
  raw: RawFolder;
  registry: Registry;
  /** With what comes with tollgate and the folder may leave out. */
  whole: Registry;
}

export async function openPromptsFolder(): Promise<OnDisk> {
  const config = readConfigHere();
  const folder = config.prompts ?? join(packageRoot(), 'prompts');
  const opened = await openFolder(folder);
  const system = await openSystemPrompts(join(packageRoot(), SYSTEM_PROMPTS));
  return { config, folder, ...opened, whole: withSystem(opened.registry, system) };
}

/** Versions of a prompt that can be used, also where others of it are broken. Oldest first. */
export function wholeVersions({ folder, raw }: OnDisk, id: string): readonly LoadedVersion[] {
  const nothing = { id, versions: [], split: allTo('') };
  const before = {
    sets: new Map([[id, nothing]]),
    shared: raw.shared,
    lock: NO_LOCK,
    problems: [],
  };
  return buildRegistry(folder, raw, before).sets.get(id)?.versions ?? [];
}

export const unknownPrompt = ({ raw, folder }: OnDisk, id: string): UsageError =>
  new UsageError(
    `there is no prompt "${id}" in ${folder}. There are: ${[...raw.prompts.keys()].join(', ')}`,
  );

/** Text of others, on one line: nothing in it may move the cursor. */
export const printable = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');

/** All that ask a model, tollgate's own too. */
export const promptTools: readonly LlmTool[] = [
  ...bundledTools,
  judgeSameAnswer,
  gradeAnswer,
].filter(hasPrompt);
