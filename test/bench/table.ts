/** Milliseconds, as precise as is of use. */
export const ms = (value: number): string => (value < 1 ? value.toFixed(3) : value.toFixed(1));

/** A markdown table that reads as well in a terminal; the first column left, the rest right. */
export function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_cell, at) =>
    Math.max(...[head, ...rows].map((row) => row[at]?.length ?? 0), 3),
  );
  const pad = (cell: string, at: number): string =>
    at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0);
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head.map(pad)), line(rule), ...rows.map((row) => line(row.map(pad)))].join('\n');
}
