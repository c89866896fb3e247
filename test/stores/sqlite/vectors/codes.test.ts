import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Codes } from '../../../../src/stores/sqlite/vectors/codes.ts';
import { BLOCK_BITS, buildHammingTable } from '../../../../src/stores/sqlite/vectors/hamming.ts';
import { seededRandom } from '../../../../src/simulator/random.ts';
import { runs } from '../../../support/depth.ts';

const LATER = 1_000;
const ask = { limit: 8, looked: 128, now: 0 };

const bitsIn = (byte: number): number => byte.toString(2).replaceAll('0', '').length;

describe('distances of codes', () => {
  it('are the bits that differ, whatever the codes, their length and their number', () => {
    const codes = fc.integer({ min: 1, max: 4 }).chain((blocks) => {
      const bytes = (blocks * BLOCK_BITS) / 8;
      const code = fc.uint8Array({ minLength: bytes, maxLength: bytes });
      return fc.record({
        bits: fc.constant(bytes * 8),
        asked: code,
        all: fc.array(code, { maxLength: 20 }),
      });
    });
    fc.assert(
      fc.property(codes, fc.nat(30), ({ bits, asked, all }, room) => {
        const table = buildHammingTable(bits);
        table.reserve(1);
        for (const [at, code] of all.entries()) {
          table.reserve(Math.max(at + 1, room));
          table.set(at, code);
        }
        const expected = all.map((code) =>
          code.reduce((sum, byte, at) => sum + bitsIn(byte ^ (asked[at] ?? 0)), 0),
        );
        expect([...table.measure(asked, all.length)]).toEqual(expected);
      }),
      { numRuns: runs(50) },
    );
  });

  it('have room where the codes fill their memory to the last byte', () => {
    const table = buildHammingTable(BLOCK_BITS);
    const code = new Uint8Array(BLOCK_BITS / 8).fill(255);
    // With the one that is asked for: 65,536 bytes, a page.
    table.reserve(4_095);
    for (let at = 0; at < 4_095; at += 1) table.set(at, code);
    const distances = table.measure(new Uint8Array(BLOCK_BITS / 8), 4_095);
    expect(new Set(distances)).toEqual(new Set([BLOCK_BITS]));
  });
});

/** Recall of the single nearest, over those that are so near. */
function recallOf(
  vectors: readonly Float32Array[],
  asked: readonly Float32Array[],
  { least, looked }: { least: number; looked: number },
): number {
  const codes = new Codes(vectors[0]?.length ?? 0, 100);
  for (const [row, values] of vectors.entries()) codes.set(row, LATER, values);
  const found = asked.flatMap((values) => {
    const likenesses = vectors.map((each) => dot(each, values));
    const best = Math.max(...likenesses);
    return best < least
      ? []
      : [
          codes
            .likely(values, { ...ask, looked })
            .some((row) => (likenesses[row] ?? 0) >= best - 1e-6),
        ];
  });
  expect(found.length).toBeGreaterThan(50);
  return found.filter(Boolean).length / found.length;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

describe('the nearest by code', () => {
  const DIMENSIONS = 384;
  const random = seededRandom('codes');
  const gaussian = (): number => Array.from({ length: 4 }, random).reduce((a, b) => a + b, -2);
  const unit = (values: Float32Array): Float32Array => {
    const length = Math.sqrt(dot(values, values));
    return values.map((value) => value / length);
  };
  const moved = (from: Float32Array, share: number): Float32Array =>
    unit(from.map((value) => value + (share / 11.3) * gaussian()));

  it('are the nearest, of vectors in clusters', () => {
    const centres = Array.from({ length: 15 }, () => moved(new Float32Array(DIMENSIONS), 1));
    const vectors = Array.from({ length: 1_000 }, (_, at) =>
      moved(centres[at % centres.length] ?? new Float32Array(DIMENSIONS), 0.6),
    );
    const asked = vectors.slice(0, 100).map((values) => moved(values, 0.5));
    expect(recallOf(vectors, asked, { least: 0.8, looked: 128 })).toBeGreaterThanOrEqual(0.99);
  });

  it('are the nearest, of vectors that are zero but for a few hashed words', () => {
    // One rare word weighs more than ten frequent ones; its hash may give it either sign.
    const toVector = (rare: number): Float32Array => {
      const values = new Float32Array(DIMENSIONS);
      for (let each = 0; each < 10; each += 1) values[Math.floor(random() * 200)] = 1;
      values[200 + (rare % 184)] = rare % 2 ? 6 : -6;
      return unit(values);
    };
    const texts = Array.from({ length: 1_000 }, (_, at) => toVector(at));
    const asked = Array.from({ length: 100 }, (_, at) => toVector(at));
    expect(recallOf(texts, asked, { least: 0.7, looked: 128 })).toBeGreaterThanOrEqual(0.99);
  });

  it('are those of the same vectors compared in full, whatever came and went', () => {
    const vectors = Array.from({ length: 40 }, () => moved(new Float32Array(16), 1));
    const changes = fc.array(fc.record({ row: fc.nat(15), vector: fc.option(fc.nat(39)) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(changes, fc.nat(39), (all, asked) => {
        const codes = new Codes(16, 1);
        const there = new Map<number, Float32Array>();
        for (const { row, vector } of all) {
          const values = vectors[vector ?? 0] ?? new Float32Array(16);
          if (vector === null) codes.delete(row);
          else codes.set(row, LATER, values);
          if (vector === null) there.delete(row);
          else there.set(row, values);
        }
        const values = vectors[asked] ?? new Float32Array(16);
        const likeness = (row: number): number => dot(there.get(row) ?? values, values);
        const found = codes.likely(values, { ...ask, limit: 16 });
        expect(found.toSorted((a, b) => a - b)).toEqual([...there.keys()].sort((a, b) => a - b));
        for (const [at, row] of found.slice(1).entries())
          expect(likeness(found[at] ?? 0)).toBeGreaterThan(likeness(row) - 0.02);
      }),
      { numRuns: runs(100) },
    );
  });

  it('are those that are there: what is deleted, moved or past its time is not found', () => {
    const codes = new Codes(4, 1);
    const axis = (at: number): Float32Array => Float32Array.from([0, 0, 0, 0]).fill(1, at, at + 1);
    for (let row = 0; row < 4; row += 1) codes.set(row, row === 3 ? 10 : LATER, axis(row));
    const nearest = (at: number, now = 0): number | undefined =>
      codes.likely(axis(at), { limit: 1, looked: 1, now })[0];
    expect([0, 1, 2, 3].map((at) => nearest(at))).toEqual([0, 1, 2, 3]);
    expect(nearest(3, 9)).toBe(3);
    expect(nearest(3, 10)).not.toBe(3);
    codes.delete(0);
    codes.delete(0);
    expect([1, 2, 3].map((at) => nearest(at))).toEqual([1, 2, 3]);
    expect(codes.likely(axis(0), ask).sort()).toEqual([1, 2, 3]);
    codes.set(1, LATER, axis(0));
    expect([nearest(0), codes.size]).toEqual([1, 3]);
  });

  it('are looked for among no more than a few of those that are all the same', () => {
    const codes = new Codes(4, 16);
    for (let row = 0; row < 2_000; row += 1) codes.set(row, LATER, Float32Array.from([1, 2, 3, 4]));
    expect(codes.likely(Float32Array.from([1, 2, 3, 4]), ask)).toHaveLength(8);
  });

  it('of none are none', () => {
    expect(new Codes(4, 16).likely(Float32Array.from([1, 2, 3, 4]), ask)).toEqual([]);
  });
});
