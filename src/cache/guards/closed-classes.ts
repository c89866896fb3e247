import { WORD_CLASSES } from './word-classes.ts';

/** The thing of a word in each class that has it. */
const thingsOf = new Map<string, Map<number, number>>();
for (const [at, { members }] of WORD_CLASSES.entries()) {
  for (const [thing, names] of members.split(' ').entries()) {
    for (const name of names.split('/')) {
      thingsOf.set(name, (thingsOf.get(name) ?? new Map<number, number>()).set(at, thing));
    }
  }
}

/** Two different members of one class, one on either side. */
export function membersOfOneClass(
  a: readonly string[],
  b: readonly string[],
): [string, string] | null {
  for (const left of a) {
    const things = thingsOf.get(left);
    if (!things) continue;
    for (const right of b) {
      if (areDifferent(things, thingsOf.get(right))) return [left, right];
    }
  }
  return null;
}

/** Different in a class that has both, and the same in none. */
function areDifferent(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number> | undefined,
): boolean {
  if (!b) return false;
  const shared = [...a].filter(([at]) => b.has(at));
  return shared.length > 0 && shared.every(([at, thing]) => b.get(at) !== thing);
}

/** Mean something else as well, and tell nothing where they stand alone. */
const AMBIGUOUS = new Set(
  'may march sun sat mon wed fall spring second nice orange cash check square wise apple stripe discover wire swift invoice regular little big small large go word real won try cent change polish turkey jordan reading mobile uk c cup'.split(
    ' ',
  ),
);

/** Whether a member is a narrower question than what the other side says: "open on monday", "open". */
export const isNarrowing = (word: string, others: readonly string[]): boolean =>
  !AMBIGUOUS.has(word) &&
  [...(thingsOf.get(word) ?? [])].some(
    ([at, thing]) =>
      WORD_CLASSES[at]?.isNarrowing &&
      !others.some((other) => thingsOf.get(other)?.get(at) === thing),
  );

/** Whether it is in a class: no wrong letter makes a brand out of a word. @param word in small letters */
export const isClassMember = (word: string): boolean => thingsOf.has(word);
