/**
 * The vector at length one.
 * @throws Error when it is no direction: zeros, or values that are no numbers
 */
export function toUnit(values: ArrayLike<number>): Float32Array {
  const vector = Float32Array.from(values);
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (!Number.isFinite(length) || length === 0)
    throw new Error('the embedder answered a vector that is no direction: zeros, or no numbers');
  return vector.map((value) => value / length);
}
