import { createHash } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Numbers in [0, 1), the same sequence for the same seed. */
export type Random = () => number;

/** mulberry32: 32 bits of state are plenty for timing. */
export function seededRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes ids that look like the API's own: `msg_01…`, `req_01…`. */
export type NewId = (prefix: 'msg' | 'req' | 'toolu') => string;

export function buildIds(seed: string): NewId {
  let made = 0;
  return (prefix) => {
    made += 1;
    const digest = createHash('sha256')
      .update(`${seed}:${prefix}:${String(made)}`)
      .digest();
    const letters = Array.from(digest.subarray(0, 22), (byte) => ALPHABET[byte % ALPHABET.length]);
    return `${prefix}_01${letters.join('')}`;
  };
}
