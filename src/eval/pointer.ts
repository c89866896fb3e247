/** As RFC 6901 wants it: empty, or parts that each begin with a slash; ~ only as ~0 and ~1. */
const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

export const isPointer = (text: string): boolean => POINTER.test(text);

/**
 * The value that a JSON pointer names (RFC 6901), in what JSON may say.
 * @returns null where there is none
 */
export function valueAt(document: unknown, pointer: string): { value: unknown } | null {
  let value = document;
  for (const part of partsOf(pointer)) {
    if (!hasPart(value, part)) return null;
    value = value[part];
  }
  return { value };
}

/** The escaped slash is read first: ~01 is ~1, not a slash. */
const partsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

function hasPart(value: unknown, part: string): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  // `length` is no element, and neither is `01`.
  if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(part)) return false;
  return Object.hasOwn(value, part);
}
