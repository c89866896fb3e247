import { createHash, randomInt } from 'node:crypto';

/** Beginning of every secret, so that it is known wherever it turns up. */
const BEGINNING = 'tg_live_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 190 bits. */
const RANDOM_CHARS = 32;
const CHECK_CHARS = 6;
const SHOWN_CHARS = 4;

const FORM = new RegExp(`^${BEGINNING}[0-9A-Za-z]{${String(RANDOM_CHARS + CHECK_CHARS)}}$`);

/**
 * A new secret: `tg_live_`, 32 random characters, and 6 that check them.
 * @param random an integer from 0 to below what it is given
 */
export function mintSecret(random: (below: number) => number = randomInt): string {
  const chars = Array.from({ length: RANDOM_CHARS }, () => ALPHABET[random(ALPHABET.length)]);
  const body = `${BEGINNING}${chars.join('')}`;
  return body + checkOf(body);
}

/** Whether a text could be a secret of ours: a mistyped one is told apart without looking it up. */
export const isWellFormed = (text: string): boolean =>
  FORM.test(text) && checkOf(text.slice(0, -CHECK_CHARS)) === text.slice(-CHECK_CHARS);

/** Whether whoever sent it believes in a key of ours. */
export const looksLikeOurs = (text: string): boolean => text.startsWith(BEGINNING.slice(0, 3));

/** Part of a secret that may be shown. */
export const prefixOf = (secret: string): string => secret.slice(0, BEGINNING.length + SHOWN_CHARS);

/** No secret itself: it follows from the characters before it. */
function checkOf(body: string): string {
  let rest = createHash('sha256').update(body).digest().readUIntBE(0, 6);
  let check = '';
  while (check.length < CHECK_CHARS) {
    check += ALPHABET[rest % ALPHABET.length] ?? '';
    rest = Math.floor(rest / ALPHABET.length);
  }
  return check;
}
