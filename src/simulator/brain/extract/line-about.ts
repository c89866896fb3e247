import type { Field } from '../schema.ts';
import { toConcepts } from '../words.ts';
import type { Facts } from './facts.ts';
import { keyConcepts } from './key-concepts.ts';

/** The line that speaks most of the field; null when none does. */
export function lineAbout(field: Field, lines: readonly string[], facts: Facts): string | null {
  const named = [...keyConcepts(field.name)];
  const wanted = new Set([...named, ...toConcepts(field.description)]);
  let best: { line: string; score: number } | null = null;
  for (const line of lines) {
    const concepts = facts.conceptsOf(line);
    if (!named.some((concept) => concepts.has(concept))) continue;
    const score = [...wanted].filter((concept) => concepts.has(concept)).length;
    if (score > (best?.score ?? 0)) best = { line, score };
  }
  return best?.line ?? null;
}
