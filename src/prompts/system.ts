import { openFolder } from './open-folder.ts';
import type { Registry } from './registry.ts';

/**
 * The prompts that tollgate brings into every project: those of its judge and its grader.
 * @throws PromptFileError when one cannot be used
 */
export async function openSystemPrompts(folder: string): Promise<Registry> {
  const { registry } = await openFolder(folder);
  const [problem] = registry.problems;
  if (problem) throw problem.error;
  return registry;
}

/** A project may write its own of them, and can lose none: whatever its folder lacks is tollgate's. */
export const withSystem = (project: Registry, system: Registry): Registry => ({
  ...project,
  sets: new Map([...system.sets, ...project.sets]),
  lock: { ...project.lock, prompts: { ...system.lock.prompts, ...project.lock.prompts } },
});
