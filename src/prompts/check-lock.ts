import type { Finding } from './finding.ts';
import { hashOf, lockedHash } from './lock.ts';
import { LOCK, SHARED } from './read-folder.ts';
import type { LoadedVersion, Registry } from './registry.ts';
import { sharedBy } from './shared.ts';

const WRITE = 'run `tollgate prompts lock` and commit what it writes';

const nameOf = ({ meta }: LoadedVersion): string => `${meta.id}@${meta.version}`;

/** Checks that versions once live are unchanged and live ones are locked. */
export function checkLock(registry: Registry): Finding[] {
  const versions = [...registry.sets.values()].flatMap((set) => set.versions);
  return [
    ...checkLive(versions, registry),
    ...checkGone(versions, registry),
    ...checkShared(versions, registry),
  ];
}

const checkLive = (versions: readonly LoadedVersion[], { lock }: Registry): Finding[] =>
  versions
    .filter((each) => each.meta.status === 'live')
    .filter((each) => lock.prompts[nameOf(each)] !== lockedHash(each))
    .map(({ file }) => ({ where: file, what: `is live and not yet in ${LOCK}: ${WRITE}` }));

/** Of a prompt that cannot be read nobody knows what is gone. */
function checkGone(versions: readonly LoadedVersion[], { lock, problems }: Registry): Finding[] {
  const there = new Set(versions.map(nameOf));
  const isBroken = (name: string): boolean => problems.some(({ id }) => id === name.split('@')[0]);
  return Object.keys(lock.prompts)
    .filter((name) => !there.has(name) && !isBroken(name))
    .map((name) => ({
      where: LOCK,
      what: `${name} was live and is gone, but calls in the ledger name it: put the file back, with status: retired`,
    }));
}

function checkShared(versions: readonly LoadedVersion[], { lock, shared }: Registry): Finding[] {
  const showing = new Map<string, string[]>();
  for (const version of versions)
    for (const name of sharedBy(version.text, shared).keys())
      showing.set(name, [...(showing.get(name) ?? []), nameOf(version)]);
  return [...showing].flatMap(([name, by]) => {
    const locked = lock.shared[name];
    if (locked === hashOf(shared.get(name) ?? '')) return [];
    const what =
      locked === undefined
        ? `is shown by ${by.join(', ')} and not yet in ${LOCK}: ${WRITE}`
        : `has changed since it was written down, and with it ${by.join(', ')}: if that is meant, ${WRITE}`;
    return [{ where: `${SHARED}/${name}`, what }];
  });
}
