import type { IncomingHttpHeaders } from 'node:http';
import type { Labels } from '../../core/call/call.ts';
import { labelHeader, parseLabelHeader } from '../../core/call/labels.ts';

/**
 * Labels that costs bear: `X-Tollgate-Feature`, `-User` and `-Team`.
 * @throws ProblemError invalid_request when one is too long or has control characters
 */
export function toLabels(headers: IncomingHttpHeaders): Labels {
  const label = (name: keyof Labels): string | null =>
    parseLabelHeader(headers[labelHeader(name)]?.toString(), name);
  return { feature: label('feature'), user: label('user'), team: label('team') };
}
