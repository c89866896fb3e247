import type { HttpExchange } from '../http.ts';
import type { Effects } from './fault.ts';
import { pause } from './pace.ts';

/** Runs a fault between the plan and the first header; says whether anybody is still there. */
export async function holdHeaders(
  { response, gone }: HttpExchange,
  { headersAfterMs = 0, clockSkewMs }: Effects,
  now: Date,
): Promise<boolean> {
  if (clockSkewMs !== undefined) {
    response.setHeader('date', new Date(now.getTime() + clockSkewMs).toUTCString());
    for (const name of response.getHeaderNames()) {
      if (!name.endsWith('-reset')) continue;
      const reset = Date.parse(String(response.getHeader(name)));
      response.setHeader(name, new Date(reset + clockSkewMs).toISOString());
    }
  }
  return pause(headersAfterMs, gone);
}
