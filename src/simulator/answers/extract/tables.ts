export interface TextTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Cut = (line: string) => string[];

const cutPipes: Cut = (line) =>
  line.includes('|')
    ? line
        .replace(/^\||\|$/g, '')
        .split('|')
        .map((cell) => cell.trim())
    : [];
const cutColumns: Cut = (line) => line.split(/\s{2,}|\t+/).map((cell) => cell.trim());
const cutCommas: Cut = (line) => line.split(/[,;](?=\S|\s*$)/).map((cell) => cell.trim());

/** Words that make a line the head of a table and not its first row. */
const HEADER_WORD =
  /\b(?:item|description|product|article|service|qty|quantity|price|amount|total|rate|hours|name|date|unit|task|owner|due|sku|no|role|email|status|cost|company|position|deadline|assignee)\b/i;
const RULE = /^[\s|:+=-]+$/;

/** Tables as people type them: with pipes, with columns of white space, or as comma separated lines. */
export function readTables(lines: readonly string[]): TextTable[] {
  for (const cut of [cutPipes, cutColumns, cutCommas]) {
    const tables = readWith(cut, lines);
    if (tables.length > 0) return tables;
  }
  return [];
}

function readWith(cut: Cut, lines: readonly string[]): TextTable[] {
  return lines.flatMap((line, at) => {
    const header = cut(line);
    const titles = header.filter((cell) => HEADER_WORD.test(cell) && cell.length < 30);
    if (header.length < 2 || titles.length < 2 || /\d/.test(line) || line.includes(':')) return [];
    const rows = readRows(cut, lines.slice(at + 1), header.length);
    return rows.length > 0 ? [{ header, rows }] : [];
  });
}

function readRows(cut: Cut, lines: readonly string[], width: number): string[][] {
  const rows: string[][] = [];
  for (const line of lines) {
    if (line !== '' && RULE.test(line)) continue;
    const cells = line === '' ? [] : cut(line);
    if (cells.length < Math.min(2, width)) {
      if (line === '' && rows.length === 0) continue;
      break;
    }
    // A sum under the table has fewer cells than the rows above it.
    if (cells.length < width - 1) break;
    rows.push(cells);
  }
  return rows;
}
