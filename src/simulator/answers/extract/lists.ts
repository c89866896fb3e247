import type { SchemaField, Resolve } from '../schema.ts';
import type { Facts } from './facts.ts';
import { kindOf } from './kinds.ts';
import type { FieldKind } from './kinds.ts';
import { keyConcepts } from './key-concepts.ts';
import { matchPairs, nearness } from './match-key.ts';
import { findPromises } from './duties.ts';
import { QUANTITY } from './goods.ts';
import { readPerson } from './letter.ts';
import { lineResolver } from './list-line.ts';
import { findSaid } from './said.ts';
import { convert } from './scalars.ts';
import { readTables } from './tables.ts';
import type { TextTable } from './tables.ts';

const BULLET = /^(?:[-*•‣–]|\d{1,2}[.)]|\[[ x]?\])\s+(?:\[[ x]?\]\s*)?/i;
const HEADING = /^(?:#{1,6}\s+(.+?)|\*\*(.+?):?\*\*:?|([\p{Lu}][^.,:!?|]{1,40}):?)$/u;
const SUM_LINE =
  /^\|?\s*(?:sub-? ?total|total|grand total|tax|vat|gst|shipping|delivery|discount|amount due|balance)\b/i;
/** The rows of the table or list a field speaks of, each as a resolver for the fields of one item. */
export function findObjects(field: SchemaField, facts: Facts): Resolve[] | undefined {
  const table = pickTable(field, readTables(facts.lines));
  if (table)
    return table.rows
      .filter((row) => !SUM_LINE.test(row[0] ?? ''))
      .map((row) => rowResolver(table, row));
  const lines = listLines(field, facts).filter((line) => !SUM_LINE.test(line));
  return lines.length > 0 ? lines.map((line) => lineResolver(line, facts)) : undefined;
}

function pickTable(field: SchemaField, tables: readonly TextTable[]): TextTable | undefined {
  const wanted = new Set(itemNames(field).flatMap((name) => [...keyConcepts(name)]));
  return tables
    .map((table) => ({
      table,
      score: nearness(wanted, new Set(table.header.flatMap((cell) => [...keyConcepts(cell)]))),
    }))
    .filter(({ score }) => score > 0.2)
    .sort((a, b) => b.score - a.score)[0]?.table;
}

function itemNames({ schema }: SchemaField): string[] {
  const { items } = schema as { items?: { properties?: object } };
  return Object.keys(items?.properties ?? {});
}

function rowResolver({ header }: TextTable, row: readonly string[]): Resolve {
  return (field) => {
    const wanted = keyConcepts(field.name);
    const scores = header.map((cell) => nearness(wanted, keyConcepts(cell)));
    const best = Math.max(...scores);
    const at = best >= 0.5 ? scores.indexOf(best) : guessColumn(field, header);
    const cell = row[at];
    return cell === undefined || cell === '' ? undefined : convert(cell, plainKind(field), field);
  };
}

/** A column is a column: what stands under "Name" need not look like a person. */
function plainKind(field: SchemaField): ReturnType<typeof kindOf> {
  const kind = kindOf(field);
  return kind === 'person' || kind === 'company' ? 'text' : kind;
}

const COLUMN_GUESSES: readonly (readonly [field: RegExp, header: RegExp])[] = [
  [
    /name|description|item|product|title/i,
    /item|product|description|article|service|name|position/i,
  ],
  [/^(?:total|amount|line_?total|sum)/i, /amount|total|sum/i],
  [/price|rate|cost/i, /price|rate|cost/i],
  [/quantity|qty|hours|count/i, /qty|quantity|hours|units|pcs/i],
];

function guessColumn({ name }: SchemaField, header: readonly string[]): number {
  const guess = COLUMN_GUESSES.find(([field]) => field.test(name));
  return guess ? header.findIndex((cell) => guess[1].test(cell)) : -1;
}

/** The strings of a list field: a section of its own, or a line that names them all. */
export function findStrings(field: SchemaField, facts: Facts): string[] | undefined {
  const kind = kindOf(field);
  const { emails, urls, phones, dates } = facts;
  if (kind === 'email') return [...emails];
  if (kind === 'url') return [...urls];
  if (kind === 'phone') return phones.map((phone) => phone.trim());
  const pair = matchPairs(field, facts.pairs)[0];
  const below = sectionUnder(field, facts.lines);
  if (below.length > 1 || (below.length > 0 && !pair)) return below;
  if (pair) return splitValues(pair.value).map((value) => toMember(value, kind));
  if (kind === 'date') return dates.map(({ iso }) => iso);
  return findSaid(field.name, facts);
}

/** "Tom Berg (sales)" is Tom Berg. */
function toMember(value: string, kind: FieldKind): string {
  return kind === 'person' ? (readPerson(value) ?? value) : value;
}

function splitValues(value: string): string[] {
  return value
    .split(/\s*[,;•|]\s*(?:and\s+)?|\s+and\s+/)
    .map((part) => part.replace(/\.$/, '').trim())
    .filter(Boolean);
}

function listLines(field: SchemaField, facts: Facts): string[] {
  const { lines } = facts;
  const under = sectionUnder(field, lines);
  const hasOwners = itemNames(field).some((name) => /owner|assignee|responsible/i.test(name));
  const promised = hasOwners ? findPromises(facts).filter((line) => !under.includes(line)) : [];
  if (under.length + promised.length > 0) return [...promised, ...under];
  const wantsGoods = itemNames(field).some((name) => /price|quantity|qty|amount/i.test(name));
  return lines
    .filter((line) => BULLET.test(line) || (wantsGoods && QUANTITY.test(line)))
    .map((line) => line.replace(/^[-*•‣–]\s+|^\d{1,2}[.)]\s+/, ''));
}

/** The lines under the heading that means the field, until the next heading. */
function sectionUnder({ name, description }: SchemaField, lines: readonly string[]): string[] {
  const wanted = keyConcepts(name);
  const described = keyConcepts(description);
  const start = lines.findIndex((line) => {
    const heading = headingOf(line);
    if (heading === null) return false;
    const concepts = keyConcepts(heading);
    return nearness(wanted, concepts) >= 0.5 || nearness(described, concepts) >= 0.7;
  });
  const below = start < 0 ? [] : takeSection(lines.slice(start + 1));
  const bulleted = below.filter((line) => BULLET.test(line));
  if (bulleted.length > 0) return bulleted.map((line) => line.replace(BULLET, ''));
  return below.length === 1 ? splitValues(below[0] ?? '') : below;
}

function takeSection(lines: readonly string[]): string[] {
  const taken: string[] = [];
  for (const line of lines) {
    if (headingOf(line) !== null) break;
    if (line !== '') taken.push(line);
    // A blank line ends a paragraph, but only separates bullets.
    else if (taken.length > 0 && !BULLET.test(taken.at(-1) ?? '')) break;
  }
  return taken;
}

function headingOf(line: string): string | null {
  if (BULLET.test(line) || /\d/.test(line)) return null;
  const found = HEADING.exec(line);
  return found ? (found[1] ?? found[2] ?? found[3] ?? '') : null;
}
