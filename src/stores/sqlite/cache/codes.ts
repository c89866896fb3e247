/** Of each vector one bit per dimension, its sign: near vectors differ in few. */
const BITS = 32;

/** Bits set in every number of 16 bits. */
const ONES = new Uint8Array(1 << 16);
for (let each = 1; each < ONES.length; each += 1) ONES[each] = (ONES[each >> 1] ?? 0) + (each & 1);

/** Values of a vector of length one in a byte each: few of several hundred are above a fifth. */
const SCALE = 127;
const SPREAD = 5;

/**
 * The vectors of one scope as codes, and in a byte per value: a third of their size. Codes are so quick to
 * look through that the nearest of a hundred thousand take a few milliseconds; those that are likely by
 * code are compared by their bytes, and only the best of those need be read and compared in full.
 */
export class Codes {
  readonly #words: number;
  readonly #dimensions: number;
  #codes: Uint32Array;
  #bytes: Int8Array;
  #rows: Float64Array;
  #untils: Float64Array;
  #distances = new Uint16Array(0);
  #size = 0;
  readonly #known = new Set<number>();

  constructor(dimensions: number, capacity = 1_024) {
    this.#dimensions = dimensions;
    this.#words = Math.ceil(dimensions / BITS);
    this.#bytes = new Int8Array(capacity * dimensions);
    this.#codes = new Uint32Array(capacity * this.#words);
    this.#rows = new Float64Array(capacity);
    this.#untils = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  add(row: number, until: number, values: Float32Array): void {
    if (this.#known.has(row)) return;
    if (this.#size === this.#rows.length) this.#grow();
    const at = this.#size;
    this.#encode(values, this.#codes, at * this.#words);
    this.#quantise(values, at);
    this.#rows[at] = row;
    this.#untils[at] = until;
    this.#known.add(row);
    this.#size += 1;
  }

  /** Rows that are likely the nearest, the nearest first; `looked` of them are compared by their bytes. */
  likely(
    values: Float32Array,
    { limit, looked, now }: { limit: number; looked: number; now: number },
  ): number[] {
    const code = new Uint32Array(this.#words);
    this.#encode(values, code, 0);
    const most = this.#measure(code, looked, now);
    const found: { at: number; dot: number }[] = [];
    for (let at = 0; at < this.#size; at += 1) {
      const distance = this.#distances[at] ?? 0;
      if (distance <= most) found.push({ at, dot: this.#dot(values, at) });
    }
    return found
      .sort((a, b) => b.dot - a.dot)
      .slice(0, limit)
      .map(({ at }) => this.#rows[at] ?? 0);
  }

  #dot(values: Float32Array, at: number): number {
    const from = at * this.#dimensions;
    let dot = 0;
    for (let each = 0; each < this.#dimensions; each += 1)
      dot += (values[each] ?? 0) * (this.#bytes[from + each] ?? 0);
    return dot;
  }

  /** Of a vector of length one no value is above one; most are far below. */
  #quantise(values: Float32Array, at: number): void {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    // One scale for all, or dots could not be compared; what is cut off is rare.
    const scale = (SCALE * SPREAD) / Math.max(length, largest);
    for (let each = 0; each < values.length; each += 1)
      this.#bytes[at * this.#dimensions + each] = Math.max(
        -SCALE,
        Math.min(SCALE, Math.round((values[each] ?? 0) * scale)),
      );
  }

  /** @returns the distance within which `limit` of them are */
  #measure(code: Uint32Array, limit: number, now: number): number {
    const [size, words, codes] = [this.#size, this.#words, this.#codes];
    if (this.#distances.length < size) this.#distances = new Uint16Array(this.#rows.length);
    const distances = this.#distances;
    const histogram = new Uint32Array(words * BITS + 1);
    for (let at = 0, from = 0; at < size; at += 1, from += words) {
      let distance = 0;
      for (let word = 0; word < words; word += 1) {
        const differ = (codes[from + word] ?? 0) ^ (code[word] ?? 0);
        distance += (ONES[differ & 0xff_ff] ?? 0) + (ONES[differ >>> 16] ?? 0);
      }
      // What is past its time takes no place.
      if ((this.#untils[at] ?? 0) <= now) distance = 0xff_ff;
      else histogram[distance] = (histogram[distance] ?? 0) + 1;
      distances[at] = distance;
    }
    let within = 0;
    for (let distance = 0; distance < histogram.length; distance += 1) {
      within += histogram[distance] ?? 0;
      if (within >= limit) return distance;
    }
    return histogram.length;
  }

  #encode(values: Float32Array, into: Uint32Array, from: number): void {
    for (let word = 0; word < this.#words; word += 1) {
      let bits = 0;
      for (let bit = 0; bit < BITS; bit += 1)
        if ((values[word * BITS + bit] ?? 0) > 0) bits |= 1 << bit;
      into[from + word] = bits;
    }
  }

  #grow(): void {
    const capacity = 2 * this.#rows.length;
    const [codes, rows, untils, bytes] = [this.#codes, this.#rows, this.#untils, this.#bytes];
    this.#bytes = new Int8Array(capacity * this.#dimensions);
    this.#bytes.set(bytes);
    this.#codes = new Uint32Array(capacity * this.#words);
    this.#codes.set(codes);
    this.#rows = new Float64Array(capacity);
    this.#rows.set(rows);
    this.#untils = new Float64Array(capacity);
    this.#untils.set(untils);
  }
}
