/** Of the integral: even. */
const STEPS = 2_000;

/**
 * How likely a variable of Student's t distribution is at least this far from zero, on either side ("Student",
 * "The probable error of a mean", 1908). With t = √ν tan θ its density is cos θ to the power of ν - 1.
 * @param degrees of freedom, ν, at least 1
 */
export function studentTail(t: number, degrees: number): number {
  const from = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  return areaFrom(from, degrees) / areaFrom(0, degrees);
}

/** Simpson's rule, from there to a right angle. */
function areaFrom(from: number, degrees: number): number {
  const width = (Math.PI / 2 - from) / STEPS;
  const height = (step: number): number => Math.cos(from + step * width) ** (degrees - 1);
  let sum = height(0);
  for (let step = 1; step < STEPS; step += 1) sum += (step % 2 === 1 ? 4 : 2) * height(step);
  // At a right angle the cosine is 0, but for rounding, which may be below it.
  sum += degrees === 1 ? 1 : 0;
  return (sum * width) / 3;
}
