import { setTimeout as sleep } from 'node:timers/promises';
import type { ChosenPrompt, PromptVersion } from '../call/prompt.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import { readFolder, stateOfFolder } from './read-folder.ts';
import { buildRegistry, type PromptSet, type Registry } from './registry.ts';
import { chooseVersion, type Subject } from './split.ts';

/** The prompts of a folder, as they are on disk now or as they last were good. */
export interface Prompts {
  registry(): Registry;
  /** @throws ProblemError unknown_prompt */
  set(id: string): PromptSet;
  /**
   * The version for a caller.
   * @param wish the version it asks for, `faq@v3`, whatever its status; null: whichever it is given
   * @throws ProblemError unknown_prompt; invalid_request for a wish of another prompt
   */
  choose(id: string, subject: Subject, wish?: string | null): ChosenPrompt;
  /** The version that most callers without a rule are given. @throws ProblemError unknown_prompt */
  usual(id: string): PromptVersion;
  /** Looks at the disk now. @returns whether anything has changed */
  reload(): Promise<boolean>;
  close(): void;
}

interface Watch {
  /** Hears of everything that is wrong, once for each change of it. */
  onTrouble: (messages: readonly string[]) => void;
  /** Hears of every state that takes effect. */
  onChange: (registry: Registry) => void;
}

/** How often the disk is looked at, milliseconds: a change takes effect in half of the two seconds promised. */
const LOOK_EVERY_MS = 750;

/**
 * Prompts that follow the disk. Calls that run keep the version they began with. It looks instead of being
 * told: events of a file system are lost on network and container mounts, and come halfway through a write.
 * @throws PromptFileError when a prompt cannot be used
 */
export async function openPrompts(folder: string, watch: Watch): Promise<Prompts> {
  let seen = await stateOfFolder(folder);
  let registry = buildRegistry(folder, await readFolder(folder), null);
  for (const { error } of registry.troubles) throw error;
  let told = '';
  const stop = new AbortController();

  const tell = (messages: string[]): void => {
    const now = messages.join('\n');
    if (now !== told && now !== '') watch.onTrouble(messages);
    told = now;
  };
  const reload = async (): Promise<boolean> => {
    try {
      const state = await stateOfFolder(folder);
      if (state === seen) return false;
      const next = buildRegistry(folder, await readFolder(folder), registry);
      // Written while it was read: what was read may be half of it.
      if (state !== (await stateOfFolder(folder))) return false;
      [seen, registry] = [state, next];
      tell(next.troubles.map(({ error }) => error.message));
      watch.onChange(next);
      return true;
    } catch (error) {
      tell([`${folder}: ${error instanceof Error ? error.message : String(error)}`]);
      return false;
    }
  };
  void look(reload, stop.signal);
  const set = (id: string): PromptSet => {
    const found = registry.sets.get(id);
    if (found) return found;
    throw unknownPrompt(id, [...registry.sets.keys()]);
  };
  return {
    registry: () => registry,
    set,
    choose: (id, subject, wish = null) => choose(set(id), subject, wish),
    usual: (id) => usual(set(id)),
    reload,
    close() {
      stop.abort();
    },
  };
}

async function look(reload: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false });
      await reload();
    }
  } catch {
    // Only the sleep rejects, when there is nothing to look for any more.
  }
}

function choose(set: PromptSet, subject: Subject, wish: string | null): ChosenPrompt {
  if (wish !== null) return { prompt: find(set, wish), variant: 'pinned' };
  const { version, variant } = chooseVersion(set.split, set.id, subject);
  return { prompt: find(set, `${set.id}@${version}`), variant };
}

function find({ id, versions }: PromptSet, wish: string): PromptVersion {
  const [ofPrompt = '', version = ''] = wish.split('@');
  if (ofPrompt !== id)
    throw problem('invalid_request', {
      detail: `The tool is answered by the prompt ${id}; "${wish}" is a version of another.`,
    });
  const found = versions.find(({ meta }) => meta.version === version);
  if (found) return found;
  const known = versions.map(({ meta }) => `${id}@${meta.version}`);
  throw unknownPrompt(wish, known);
}

function usual(set: PromptSet): PromptVersion {
  const version = Object.entries(set.split.weights).sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
  return find(set, `${set.id}@${version}`);
}

export const unknownPrompt = (wish: string, known: readonly string[]): ProblemError =>
  problem('unknown_prompt', {
    detail: `There is no prompt "${wish.slice(0, 100)}". ${known.length === 0 ? 'There is none that you may use.' : `There are: ${known.join(', ')}.`}`,
  });
