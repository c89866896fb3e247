import { readJson, sendJson } from './http.ts';
import type { HttpExchange } from './http.ts';
import { readRateLimits } from './rate-limits.ts';
import type { RateLimiter } from './rate-limits.ts';

const LIMITS_BYTES = 1024 * 1024;

interface LimitParts {
  readonly rates: RateLimiter;
}

/** `GET /_sim/limits` */
export function sendLimits({ response }: HttpExchange, { rates }: LimitParts): void {
  sendJson(response, 200, rates.limits());
}

/** `PUT /_sim/limits`: replaces all limits; what is left out is at its default again. */
export async function changeLimits(
  { request, response }: HttpExchange,
  { rates }: LimitParts,
): Promise<void> {
  rates.change(readRateLimits(await readJson(request, LIMITS_BYTES)));
  sendJson(response, 200, rates.limits());
}
