import { hashOf, lockedHash, type Lock } from './lock.ts';
import type { Registry } from './registry.ts';
import { sharedBy } from './shared.ts';

/** Additions to the lock: versions that are live and not in it, and shared texts as they are now. */
export function planLock({ sets, shared, lock }: Registry): { lock: Lock; added: string[] } {
  const versions = [...sets.values()].flatMap((set) => set.versions);
  const next: Lock = { prompts: { ...lock.prompts }, shared: {} };
  const added: string[] = [];
  for (const version of versions) {
    const name = `${version.meta.id}@${version.meta.version}`;
    if (version.meta.status !== 'live' || Object.hasOwn(next.prompts, name)) continue;
    next.prompts[name] = lockedHash(version);
    added.push(name);
  }
  for (const { text } of versions) {
    for (const [name, content] of sharedBy(text, shared)) {
      if (Object.hasOwn(next.shared, name)) continue;
      next.shared[name] = hashOf(content);
      if (lock.shared[name] !== next.shared[name]) added.push(`_shared/${name}`);
    }
  }
  return { lock: next, added };
}
