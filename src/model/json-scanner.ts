/** State of reading a JSON text: just enough to tell strings, escapes and depth while it arrives. */
export interface JsonScanner {
  depth: number;
  inString: boolean;
  /** Characters of an escape sequence that has not ended, from its backslash on. */
  escape: string;
}

export const newScanner = (): JsonScanner => ({ depth: 0, inString: false, escape: '' });

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Reads on by one UTF-16 unit: chunks may end between the halves of a character.
 * @returns the unit of a string's content that ends here; null where none does
 */
export function scan(scanner: JsonScanner, unit: string): string | null {
  if (!scanner.inString) {
    scanOutside(scanner, unit);
    return null;
  }
  if (scanner.escape !== '' || unit === '\\') {
    scanner.escape += unit;
    const meant = unescape(scanner.escape);
    if (meant !== null) scanner.escape = '';
    return meant;
  }
  if (unit !== '"') return unit;
  scanner.inString = false;
  return null;
}

function scanOutside(scanner: JsonScanner, unit: string): void {
  if (unit === '"') scanner.inString = true;
  else if (unit === '{' || unit === '[') scanner.depth += 1;
  else if (unit === '}' || unit === ']') scanner.depth -= 1;
}

/** The unit an escape stands for, or null while it is incomplete. */
function unescape(escape: string): string | null {
  const kind = escape[1];
  if (kind === undefined) return null;
  if (kind !== 'u') return ESCAPES[kind] ?? kind;
  return escape.length === 6 ? String.fromCharCode(Number.parseInt(escape.slice(2), 16)) : null;
}
