import type { SchemaField } from '../schema.ts';
import { toConcepts } from '../words.ts';
import type { Facts } from './facts.ts';
import { keyConcepts } from './key-concepts.ts';
import { SORTS } from './match-key.ts';

/** The line that speaks most of the field; null when none does. */
export function lineAbout(
  field: SchemaField,
  lines: readonly string[],
  facts: Facts,
): string | null {
  const concepts = [...keyConcepts(field.name)];
  const telling = concepts.filter((concept) => !SORTS.has(concept));
  const named = telling.length > 0 ? telling : concepts;
  const wanted = new Set([...concepts, ...toConcepts(field.description)]);
  let best: { line: string; score: number } | null = null;
  for (const line of lines) {
    const said = facts.conceptsOf(line);
    if (!named.some((concept) => said.has(concept))) continue;
    const score = [...wanted].filter((concept) => said.has(concept)).length;
    if (score > (best?.score ?? 0)) best = { line, score };
  }
  return best?.line ?? null;
}
