import { readFolder, type RawFolder } from './read-folder.ts';
import { buildRegistry, type Registry } from './registry.ts';

/** The folder as it is on disk, with all that is wrong in it. Never throws for what stands in a file. */
export async function openFolder(folder: string): Promise<{ raw: RawFolder; registry: Registry }> {
  const raw = await readFolder(folder);
  return { raw, registry: buildRegistry(folder, raw, null) };
}
