import type { SchemaField } from '../schema.ts';
import { toConcepts } from '../words.ts';
import type { KeyValue } from './facts.ts';
import { keyConcepts } from './key-concepts.ts';

/** How near two names are: 1 for the same words, 0 for none in common. */
export function nearness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const concept of a) if (b.has(concept)) shared += 1;
  return a.size + b.size === 0 ? 0 : (2 * shared) / (a.size + b.size);
}

const NEAR_ENOUGH = 0.5;
/** What sort of thing a box holds. Sharing only that, two boxes are still different ones. */
export const SORTS: ReadonlySet<string> = new Set([
  ...['number', 'address', 'email', 'phone', 'total'],
  ...toConcepts('date amount url price cost'),
]);

function contradict(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return (
    apart(a, b, (concept) => SORTS.has(concept)) || apart(a, b, (concept) => !SORTS.has(concept))
  );
}

/** Both have concepts of that kind, and none in common. */
function apart(
  a: ReadonlySet<string>,
  b: ReadonlySet<string>,
  isKind: (concept: string) => boolean,
): boolean {
  const [some, others] = [[...a].filter(isKind), [...b].filter(isKind)];
  return some.length > 0 && others.length > 0 && !some.some((concept) => b.has(concept));
}

/** The pairs whose key means the field, nearest first. */
export function matchPairs(field: SchemaField, pairs: readonly KeyValue[]): KeyValue[] {
  const wanted = keyConcepts(field.name);
  const described = keyConcepts(field.description);
  return pairs
    .map((pair) => {
      const key = keyConcepts(pair.key);
      // A description explains; it helps a name, but does not replace it.
      const score = nearness(wanted, key) + 0.4 * nearness(described, key);
      return { pair, score: contradict(wanted, key) ? 0 : score };
    })
    .filter(({ score }) => score >= NEAR_ENOUGH)
    .sort((a, b) => b.score - a.score)
    .map(({ pair }) => pair);
}
