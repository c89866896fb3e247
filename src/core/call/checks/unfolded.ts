import type { JsonSchema } from '../../tool/json-schema.ts';

/** A schema inside a schema, with those that it leads to. */
export interface Joint {
  pointer: string;
  leadsTo: { joint: Joint; isInside: boolean }[];
}

/** References followed a million times over are work, however few characters they take. */
const MOST_UNFOLDED = 100_000;

/**
 * Why a schema would take more work than its size shows, or null: a part that refers to itself without
 * going deeper into the value never ends, and ten references to ten references to ten… are a power of ten.
 * Recursion into the value is as long as the value, and counts once.
 */
export function objectionToUnfolded(
  joints: readonly Joint[],
): { pointer: string; detail: string } | null {
  const endless = findEndless(joints);
  if (endless)
    return {
      pointer: endless.pointer,
      detail:
        'It refers to itself without going deeper into the value, so a check of it would never end',
    };
  const [root] = joints;
  if (!root || countUnfolded(root) <= MOST_UNFOLDED) return null;
  return {
    pointer: '',
    detail: `It unfolds to more than ${String(MOST_UNFOLDED)} parts where its references are followed: refer to each definition from fewer places`,
  };
}

/** A joint that is met again on the way down, by steps that stay at the same value. */
function findEndless(joints: readonly Joint[]): Joint | null {
  const state = new Map<Joint, 'open' | 'done'>();
  const visit = (joint: Joint): Joint | null => {
    if (state.get(joint) === 'open') return joint;
    if (state.get(joint) === 'done') return null;
    state.set(joint, 'open');
    for (const { joint: next, isInside } of joint.leadsTo) {
      const found = isInside ? null : visit(next);
      if (found) return found;
    }
    state.set(joint, 'done');
    return null;
  };
  for (const joint of joints) {
    const found = visit(joint);
    if (found) return found;
  }
  return null;
}

function countUnfolded(root: Joint): number {
  const known = new Map<Joint, number>();
  const count = (joint: Joint): number => {
    const found = known.get(joint);
    if (found !== undefined) return found;
    // Met again while it is counted: recursion.
    known.set(joint, 1);
    const sum = joint.leadsTo.reduce((total, { joint: next }) => total + count(next), 1);
    known.set(joint, sum);
    return sum;
  };
  return count(root);
}

/** The part that a local reference leads to, as a pointer; null where it leads out of the schema. */
export function pointerOf(ref: string, { $id }: JsonSchema): string | null {
  const own = typeof $id === 'string' && $id !== '' ? $id.replace(/#$/, '') : null;
  const local = own !== null && ref.startsWith(own) ? ref.slice(own.length) : ref;
  if (local === '' || local === '#') return '';
  if (!local.startsWith('#/')) return null;
  try {
    return decodeURIComponent(local.slice(1));
  } catch {
    return null;
  }
}
