/** A field, quoted or not, and what ends it. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/**
 * Rows of fields (RFC 4180). Lines may end with CRLF or LF; quoted fields may hold both, commas, and
 * quotes that are doubled. Empty lines are left out.
 * @throws SyntaxError for a quote that is not closed, or stands in the middle of a field
 */
export function parseCsv(given: string): string[][] {
  const text = given.replace(/^\uFEFF/, '');
  const rows: string[][] = [];
  let row: string[] = [];
  for (const { field, isLast } of fieldsOf(text)) {
    row.push(field);
    if (!isLast) continue;
    if (row.length > 1 || field !== '') rows.push(row);
    row = [];
  }
  return rows;
}

/** Each field, and whether it is the last of its row. */
function* fieldsOf(text: string): Generator<{ field: string; isLast: boolean }> {
  let end: string | undefined;
  // A comma at the very end is followed by an empty field.
  for (let at = 0; at < text.length || end === ','; at = FIELD.lastIndex) {
    FIELD.lastIndex = at;
    const found = FIELD.exec(text);
    if (!found) {
      const line = text.slice(0, at).split('\n').length;
      throw new SyntaxError(`line ${String(line)}: a quote is not closed, or in the wrong place`);
    }
    end = found[3];
    yield { field: found[1]?.replaceAll('""', '"') ?? found[2] ?? '', isLast: end !== ',' };
  }
}

/** One line; what needs quotes gets them. */
export const toCsvLine = (fields: readonly string[]): string =>
  fields
    .map((each) => (/[",\r\n]/.test(each) ? `"${each.replaceAll('"', '""')}"` : each))
    .join(',');
