import { CsvError, parse } from 'csv-parse/sync';

/**
 * Rows of fields (RFC 4180). Lines may end with CRLF or LF; quoted fields may hold both, commas, and
 * quotes that are doubled. Empty lines are left out.
 * @throws SyntaxError for a quote that is not closed, or stands in the middle of a field
 */
export function parseCsv(text: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      record_delimiter: ['\n', '\r\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines: number };
    throw new SyntaxError(`line ${String(lines)}: a quote is not closed, or in the wrong place`, {
      cause: error,
    });
  }
}

/** One line; what needs quotes gets them. */
export const toCsvLine = (fields: readonly string[]): string =>
  fields
    .map((each) => (/[",\r\n]/.test(each) ? `"${each.replaceAll('"', '""')}"` : each))
    .join(',');
