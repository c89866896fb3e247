import { Label, LABEL_MOST_CHARS } from '../../../schemas/wire/label.ts';
import { problem, type ProblemError } from '../../errors/problem.ts';

/** Subjects of costs, as the caller named them. */
export interface Labels {
  feature: string | null;
  user: string | null;
  team: string | null;
}

/** Labels a caller claims, but for what its key says already. */
export const labelsOf = (own: Labels, claimed: Labels): Labels => ({
  feature: own.feature ?? claimed.feature,
  user: own.user ?? claimed.user,
  team: own.team ?? claimed.team,
});

/** The request header with a label. */
export const labelHeader = (name: keyof Labels): string => `x-tollgate-${name}`;

/**
 * A label as every front takes it: trimmed, in one spelling; absent and empty are null.
 * @param place where it stood, in words
 * @throws ProblemError invalid_request when it is no text, too long, or has control characters
 */
export function parseLabel(said: unknown, place: string): string | null {
  if (said === undefined || said === null) return null;
  if (typeof said !== 'string') throw wrong(place, 'is not a text');
  if (said.trim() === '') return null;
  const { success, data, error } = Label.safeParse(said);
  if (success) return data;
  const isTooLong = error.issues.some(({ code }) => code === 'too_big');
  throw isTooLong
    ? wrong(place, `is longer than ${String(LABEL_MOST_CHARS)} characters`)
    : wrong(place, 'has line breaks or control characters');
}

/**
 * A label from a header.
 * @param bytes the value with each byte as one character, as Node and the web's Headers give it
 * @throws ProblemError invalid_request
 */
export const parseLabelHeader = (
  bytes: string | null | undefined,
  name: keyof Labels,
): string | null => {
  const place = `The header ${labelHeader(name)}`;
  return parseLabel(bytes == null ? null : decodeHeader(bytes, place), place);
};

const wrong = (place: string, what: string): ProblemError =>
  problem('invalid_request', { detail: `${place} ${what}.` });

/** RFC 8187: for clients that cannot send anything but ASCII, like the browser's fetch. */
const EXTENDED = /^utf-8'[\w-]*'(.*)$/i;

/**
 * Clients send UTF-8 (curl, Go, Ruby) or, what the standard once said, Latin-1 (fetch, Python's
 * requests). What is valid as UTF-8 is never meant as Latin-1 but by chance, so both are understood.
 */
function decodeHeader(bytes: string, place: string): string {
  const [, encoded] = EXTENDED.exec(bytes.trim()) ?? [];
  try {
    if (encoded !== undefined) return decodeURIComponent(encoded);
  } catch {
    throw wrong(place, "begins with utf-8'' but is not percent-encoded UTF-8");
  }
  if (isAscii(bytes)) return bytes;
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return bytes;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

// eslint-disable-next-line no-control-regex -- all of ASCII
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);
