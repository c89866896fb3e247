import type { SchemaField } from '../schema.ts';
import type { Facts } from './facts.ts';
import { keyConcepts, matchPairs, nearness } from './match-key.ts';

const BULLET = /^(?:[-*•‣–]|\d{1,2}[.)])\s+/;
const ALIKE = 0.5;

/** The strings of a list field: the line that names them all, or the bullets below its heading. */
export function findStrings(field: SchemaField, facts: Facts): string[] | undefined {
  const [pair] = matchPairs(field, facts.pairs);
  if (pair) return splitValues(pair.value);
  const below = bulletsUnder(field, facts.lines);
  return below.length > 0 ? below : undefined;
}

function splitValues(value: string): string[] {
  return value
    .split(/\s*[,;•|]\s*(?:and\s+)?|\s+and\s+/)
    .map((part) => part.replace(/\.$/, '').trim())
    .filter(Boolean);
}

function bulletsUnder({ name }: SchemaField, lines: readonly string[]): string[] {
  const wanted = keyConcepts(name);
  const isHeading = (line: string): boolean =>
    line.length < 50 && !BULLET.test(line) && nearness(wanted, keyConcepts(line)) >= ALIKE;
  const start = lines.findIndex((line) => line !== '' && isHeading(line));
  if (start < 0) return [];
  const below = lines.slice(start + 1).filter(Boolean);
  const end = below.findIndex((line) => !BULLET.test(line));
  const bullets = below.slice(0, end < 0 ? below.length : end);
  return bullets.map((line) => line.replace(BULLET, ''));
}
