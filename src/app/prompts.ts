import { join } from 'node:path';
import type { Logger } from 'pino';
import type { PromptCatalog, PromptVersion } from '../core/call/prompt.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import type { Tool } from '../core/tool/define-tool.ts';
import type { Config } from '../config/read.ts';
import { buildPromptCatalog } from '../prompts/catalog.ts';
import type { FolderWatch } from '../prompts/follow-folder.ts';
import type { Prompts } from '../prompts/open-prompts.ts';

/** The prompts of the app. */
export interface PromptParts {
  /** Opened on the first call that needs one, so that a server can start before templates are compiled. */
  get: () => Promise<Prompts>;
  /** For fronts and commands. */
  shown: {
    prompts: PromptCatalog;
    promptsFolder: string;
    promptVersions: (id: string) => Promise<readonly PromptVersion[]>;
  };
  close: () => Promise<void>;
}

interface PromptDeps {
  config: Config;
  /** The folder of package.json. */
  root: string;
  tools: readonly Tool[];
  checks: SchemaChecks;
  log: Logger;
}

/** From the folder of package.json; where a project's own prompts lie does not matter to them. */
export const SYSTEM_PROMPTS = 'tools/system/prompts';

export function openPromptParts({ config, root, tools, checks, log }: PromptDeps): PromptParts {
  const folder = config.prompts ?? join(root, 'prompts');
  const { get, close } = lazyPrompts(folder, join(root, SYSTEM_PROMPTS), log);
  return {
    get,
    close,
    shown: {
      prompts: buildPromptCatalog({ tools, checks, prompts: get }),
      promptsFolder: folder,
      promptVersions: async (id) => (await get()).set(id).versions,
    },
  };
}

/** The prompts of a folder, once; they follow the disk from then on. */
function lazyPrompts(
  folder: string,
  systemFolder: string,
  log: Logger,
): Pick<PromptParts, 'get' | 'close'> {
  let prompts: Promise<Prompts> | undefined;
  const open = async (): Promise<Prompts> => {
    const { openPrompts } = await import('../prompts/open-prompts.ts');
    const watch: FolderWatch = {
      onProblems: (messages) => {
        log.error({ alert: 'prompts', messages }, 'prompts: the last good state goes on to serve');
      },
      onChange: ({ sets }) => {
        log.info({ prompts: [...sets.keys()] }, 'prompts: read again');
      },
    };
    return openPrompts(folder, watch, systemFolder);
  };
  return {
    get: () => {
      // A failed opening is tried again: somebody may have put the file right.
      prompts ??= open().catch((error: unknown) => {
        prompts = undefined;
        throw error;
      });
      return prompts;
    },
    close: async () => {
      (await prompts?.catch(() => undefined))?.close();
    },
  };
}
