import type { ChosenPrompt, PromptVersion } from '../core/call/prompt.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import { followFolder, type Followed, type FolderWatch } from './follow-folder.ts';
import type { PromptSet, Registry } from './registry.ts';
import { chooseVersion, type Subject } from './split.ts';
import { openSystemPrompts, withSystem } from './system.ts';

/** The prompts of a folder, as they are on disk now or as they last were good. */
export interface Prompts extends Followed {
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
}

/**
 * Prompts that follow the disk. Calls that run keep the version they began with.
 * @param systemFolder where those lie that the folder may leave out; they come with the release and stay
 * @throws PromptFileError when a prompt cannot be used
 */
export async function openPrompts(
  folder: string,
  watch: FolderWatch,
  systemFolder?: string,
): Promise<Prompts> {
  const system = systemFolder === undefined ? null : await openSystemPrompts(systemFolder);
  const followed = await followFolder(folder, watch);
  const registry = system ? overlaid(followed, system) : () => followed.registry();
  const set = (id: string): PromptSet => {
    const { sets } = registry();
    const found = sets.get(id);
    if (found) return found;
    throw unknownPrompt(id, [...sets.keys()]);
  };
  return {
    ...followed,
    registry,
    set,
    choose: (id, subject, wish = null) => choose(set(id), subject, wish),
    usual: (id) => usual(set(id)),
  };
}

/** Put together anew only when the folder has changed. */
function overlaid(followed: Followed, system: Registry): () => Registry {
  let project = followed.registry();
  let whole = withSystem(project, system);
  return () => {
    if (project !== followed.registry()) {
      project = followed.registry();
      whole = withSystem(project, system);
    }
    return whole;
  };
}

function choose(set: PromptSet, subject: Subject, wish: string | null): ChosenPrompt {
  if (wish !== null) return { prompt: find(set, wish), variant: 'pinned' };
  const { version, variant } = chooseVersion(set.split, set.id, subject);
  return { prompt: find(set, `${set.id}@${version}`), variant };
}

function find({ id, versions }: PromptSet, wish: string): PromptVersion {
  const [ofPrompt = '', ...rest] = wish.split('@');
  const version = rest.join('@');
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
