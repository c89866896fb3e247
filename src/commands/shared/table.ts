/** One column of a table: its title, and what a row says in it. */
export interface Column<Row> {
  title: string;
  cell: (row: Row) => string;
  /** Amounts stand one below the other by their last digit. */
  isAmount?: true;
}

/** Rows under titles, aligned, for a terminal. */
export function toTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const filled = columns.map(({ title, cell, isAmount = false }) => {
    const cells = [title, ...rows.map((row) => printable(cell(row)))];
    const width = Math.max(...cells.map(({ length }) => length));
    return cells.map((text) => (isAmount ? text.padStart(width) : text.padEnd(width)));
  });
  const lines = [...rows.keys(), rows.length].map((line) =>
    filled.map((cells) => cells[line] ?? '').join('  '),
  );
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** Labels come from callers: none of them may move the cursor. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, '?');
