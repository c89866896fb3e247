/** Prepares once for each table. */
export function prepareOnce<T>(prepare: (table: string) => T): (table: string) => T {
  const prepared = new Map<string, T>();
  return (table) => {
    const known = prepared.get(table) ?? prepare(table);
    prepared.set(table, known);
    return known;
  };
}

/** The values of a row, as a copy: its bytes need not lie where numbers may. */
export const toVector = (bytes: Buffer): Float32Array =>
  new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
