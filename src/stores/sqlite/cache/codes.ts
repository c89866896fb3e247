import { buildHammingTable, type HammingTable } from './hamming.ts';
import { buildSignCoder, type SignCoder } from './sign-code.ts';

/** Most of a signed byte. */
const BYTE = 127;
/** Is further than any code. */
const NEVER = 0xff_ff;

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
  /** What a byte is worth, for a vector of length one. */
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
    // Where very many are just as far, as when all are the same, so many of them do.
    for (let place = 0; place < distances.length && found.length < 4 * looked; place += 1)
      if ((distances[place] ?? NEVER) <= most)
        found.push({ place, likeness: this.#likeness(values, place) });
    return found
      .sort((a, b) => b.likeness - a.likeness)
      .slice(0, limit)
      .map(({ place }) => this.#rows[place] ?? 0);
  }

  /** @returns the distance within which `limit` of them are; what is past its time takes no place */
  #within(distances: Uint16Array, limit: number, now: number): number {
    const { bits } = this.#coder;
    const histogram = new Uint32Array(bits + 1);
    for (let place = 0; place < distances.length; place += 1) {
      const distance = distances[place] ?? NEVER;
      if ((this.#untils[place] ?? 0) <= now) distances[place] = NEVER;
      else histogram[distance] = (histogram[distance] ?? 0) + 1;
    }
    let within = 0;
    for (let distance = 0; distance <= bits; distance += 1) {
      within += histogram[distance] ?? 0;
      if (within >= limit) return distance;
    }
    return bits;
  }

  #likeness(values: Float32Array, place: number): number {
    const from = place * this.#dimensions;
    let dot = 0;
    for (let at = 0; at < this.#dimensions; at += 1)
      dot += (values[at] ?? 0) * (this.#bytes[from + at] ?? 0);
    return dot * (this.#scales[place] ?? 0);
  }

  #quantise(values: Float32Array, place: number): void {
    let [largest, squares] = [0, 0];
    for (const value of values) {
      largest = Math.max(largest, Math.abs(value));
      squares += value * value;
    }
    const from = place * this.#dimensions;
    for (let at = 0; at < values.length; at += 1)
      this.#bytes[from + at] = Math.round(((values[at] ?? 0) * BYTE) / largest);
    this.#scales[place] = largest / BYTE / Math.sqrt(squares);
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
