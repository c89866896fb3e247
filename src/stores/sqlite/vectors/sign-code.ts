import { BLOCK_BITS } from './hamming.ts';

export interface SignCoder {
  /** Length of a code. */
  bits: number;
  /** Good until the next call. */
  encode(values: Float32Array): Uint8Array;
}

/**
 * Of each vector one bit per dimension: near vectors differ in few (Charikar 2002, "Similarity Estimation
 * Techniques from Rounding Algorithms"). Vectors are first turned in an arbitrary direction, the same for
 * all: hashed words fill a quarter of the dimensions, and the sign of a zero says nothing. Turned, every
 * bit says something of every word. The turn is random signs and a Hadamard transform (Ailon and Chazelle
 * 2006), which takes some microseconds.
 */
export function buildSignCoder(dimensions: number): SignCoder {
  const bits = BLOCK_BITS * Math.ceil(dimensions / BLOCK_BITS);
  const length = 2 ** Math.ceil(Math.log2(bits));
  const signs = randomSigns(length);
  const turned = new Float32Array(length);
  const code = new Uint8Array(bits / 8);
  return {
    bits,
    encode(values) {
      turned.fill(0);
      for (let at = 0; at < values.length; at += 1)
        turned[at] = (values[at] ?? 0) * (signs[at] ?? 1);
      transform(turned);
      code.fill(0);
      for (let at = 0; at < bits; at += 1)
        if ((turned[at] ?? 0) > 0) code[at >> 3] = (code[at >> 3] ?? 0) | (1 << (at & 7));
      return code;
    },
  };
}

/** Walsh-Hadamard, in place; the length is a power of two. */
function transform(values: Float32Array): void {
  for (let half = 1; half < values.length; half *= 2)
    for (let from = 0; from < values.length; from += 2 * half)
      for (let at = from; at < from + half; at += 1) {
        const a = values[at] ?? 0;
        const b = values[at + half] ?? 0;
        values[at] = a + b;
        values[at + half] = a - b;
      }
}

/** The same ones in every process and at every start; xorshift32 (Marsaglia 2003). */
function randomSigns(length: number): Int8Array {
  let state = 0x9e_37_79_b9;
  return Int8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state < 0 ? -1 : 1;
  });
}
