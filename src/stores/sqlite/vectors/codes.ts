import { buildHammingTable, type HammingTable } from './hamming.ts';
import { buildSignCoder, type SignCoder } from './sign-code.ts';

/** Most of a signed byte. */
const BYTE = 127;
/** Further than any two codes: sqlite-vec takes vectors of 8,192 values at the most. */
const NEVER = 16_384;

/**
 * The vectors of one scope as codes, and in a byte per value: a third of their size. Codes are so quick to
 * look through that the nearest of a hundred thousand take a millisecond; those that are likely by code
 * are compared by their bytes, and only the best of those need be read and compared in full.
 */
export class Codes {
  readonly #dimensions: number;
  readonly #coder: SignCoder;
  readonly #codes: HammingTable;
  readonly #places = new Map<number, number>();
  #bytes = new Int8Array(0);
  /** Value of a byte, for a vector of length one. */
  #scales = new Float32Array(0);
  #rows = new Float64Array(0);
  #untils = new Float64Array(0);

  constructor(dimensions: number, capacity: number) {
    this.#dimensions = dimensions;
    this.#coder = buildSignCoder(dimensions);
    this.#codes = buildHammingTable(this.#coder.bits);
    this.#reserve(capacity);
  }

  get size(): number {
    return this.#places.size;
  }

  /** Room that is taken, bytes. */
  get bytes(): number {
    // A row's number and end, the scale, the distance, and its place in a map.
    const row = 8 + 8 + 4 + 2 + 48;
    return this.#rows.length * (this.#coder.bits / 8 + this.#dimensions + row);
  }

  /** @param until milliseconds since the epoch; from then on it is not found */
  set(row: number, until: number, values: Float32Array): void {
    const known = this.#places.get(row);
    const place = known ?? this.#places.size;
    if (place === this.#rows.length) this.#reserve(2 * place);
    this.#places.set(row, place);
    this.#rows[place] = row;
    this.#untils[place] = until;
    this.#codes.set(place, this.#coder.encode(values));
    this.#quantise(values, place);
  }

  /** The last takes its place. */
  delete(row: number): void {
    const place = this.#places.get(row);
    if (place === undefined) return;
    this.#places.delete(row);
    const last = this.#places.size;
    if (place === last) return;
    const moved = this.#rows[last] ?? 0;
    this.#places.set(moved, place);
    this.#rows[place] = moved;
    this.#untils[place] = this.#untils[last] ?? 0;
    this.#scales[place] = this.#scales[last] ?? 0;
    this.#codes.move(last, place);
    const size = this.#dimensions;
    this.#bytes.copyWithin(place * size, last * size, (last + 1) * size);
  }

  /** Rows that are likely the nearest, the nearest first; `looked` of them are compared by their bytes. */
  likely(
    values: Float32Array,
    { limit, looked, now }: { limit: number; looked: number; now: number },
  ): number[] {
    const distances = this.#codes.measure(this.#coder.encode(values), this.size);
    const most = this.#within(distances, looked, now);
    const found: { place: number; likeness: number }[] = [];
    for (const place of placesWithin(distances, most, 4 * looked))
      found.push({ place, likeness: this.#likeness(values, place) });
    return found
      .sort((a, b) => b.likeness - a.likeness)
      .slice(0, limit)
      .map(({ place }) => this.#rows[place] ?? 0);
  }

  /** @returns the distance within which `limit` of them are; what is past its time takes no place */
  #within(distances: Uint16Array, limit: number, now: number): number {
    const { bits } = this.#coder;
    const histogram = countLasting(distances, this.#untils, now);
    let within = 0;
    for (let distance = 0; distance <= bits; distance += 1) {
      within += histogram[distance] ?? 0;
      if (within >= limit) return distance;
    }
    return bits;
  }

  #likeness(values: Float32Array, place: number): number {
    const [bytes, from] = [this.#bytes, place * this.#dimensions];
    let dot = 0;
    for (let at = 0; at < values.length; at += 1)
      dot += (values[at] ?? 0) * (bytes[from + at] ?? 0);
    return dot * (this.#scales[place] ?? 0);
  }

  #quantise(values: Float32Array, place: number): void {
    const [bytes, size, from] = [this.#bytes, values.length, place * this.#dimensions];
    let largest = 0;
    let squares = 0;
    for (let at = 0; at < size; at += 1) {
      const value = Math.abs(values[at] ?? 0);
      if (value > largest) largest = value;
      squares += value * value;
    }
    const scale = BYTE / largest;
    for (let at = 0; at < size; at += 1) bytes[from + at] = Math.round((values[at] ?? 0) * scale);
    this.#scales[place] = 1 / scale / Math.sqrt(squares);
  }

  #reserve(capacity: number): void {
    const [rows, untils, scales, bytes] = [this.#rows, this.#untils, this.#scales, this.#bytes];
    this.#codes.reserve(capacity);
    this.#rows = new Float64Array(capacity);
    this.#untils = new Float64Array(capacity);
    this.#scales = new Float32Array(capacity);
    this.#bytes = new Int8Array(capacity * this.#dimensions);
    this.#rows.set(rows);
    this.#untils.set(untils);
    this.#scales.set(scales);
    this.#bytes.set(bytes);
  }
}

// Plain loops: over a hundred thousand values an iterator takes ten times as long.

/** Counts per distance; puts what is past its time beyond all. */
function countLasting(distances: Uint16Array, untils: Float64Array, now: number): Uint32Array {
  const histogram = new Uint32Array(NEVER + 1);
  for (let place = 0; place < distances.length; place += 1) {
    if ((untils[place] ?? 0) <= now) distances[place] = NEVER;
    const distance = distances[place] ?? NEVER;
    histogram[distance] = (histogram[distance] ?? 0) + 1;
  }
  return histogram;
}

/** Places within a distance; of very many just as far, so many of them do. */
function placesWithin(distances: Uint16Array, most: number, limit: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < distances.length && places.length < limit; place += 1)
    if ((distances[place] ?? NEVER) <= most) places.push(place);
  return places;
}
