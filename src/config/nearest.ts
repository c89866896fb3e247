import { closestMatch } from 'leven';

/** Names that differ in more than this share of their signs are no slip of the pen. */
const SLIP = 0.4;
/** Longer lists hide the name that was meant. */
const SHORT_LIST = 12;

/** The known name that was probably meant; null where none is near. */
export function nearest(name: string, known: readonly string[]): string | null {
  const maxDistance = Math.max(2, Math.floor(name.length * SLIP));
  return closestMatch(name, [...known], { maxDistance }) ?? null;
}

/** Names that there are instead of one that is not, as one or two short sentences. */
export function instead(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const list = `There are: ${known.join(', ') || 'none'}`;
  if (near === null) return list;
  const meant = `Did you mean "${near}"?`;
  return known.length > SHORT_LIST ? meant : `${list}. ${meant}`;
}
