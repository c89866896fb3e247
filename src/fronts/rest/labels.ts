import type { IncomingHttpHeaders } from 'node:http';
import { problem } from '../../errors/problem.ts';
import type { Labels } from '../../call/call.ts';

const MAX_CHARS = 200;

/**
 * What costs are attributed to: `X-Tollgate-Feature`, `-User` and `-Team`.
 * @throws ProblemError invalid_request when one is too long
 */
export const toLabels = (headers: IncomingHttpHeaders): Labels => ({
  feature: label(headers, 'x-tollgate-feature'),
  user: label(headers, 'x-tollgate-user'),
  team: label(headers, 'x-tollgate-team'),
});

function label(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name]?.toString().trim();
  if (value === undefined || value === '') return null;
  if (value.length <= MAX_CHARS) return value;
  throw problem('invalid_request', {
    detail: `The header ${name} is longer than ${String(MAX_CHARS)} characters.`,
  });
}
