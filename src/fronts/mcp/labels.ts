import type { Labels } from '../../core/call/call.ts';
import { labelHeader, parseLabel, parseLabelHeader } from '../../core/call/labels.ts';
import { problem } from '../../errors/problem.ts';
import type { Meta } from './request-meta.ts';

const META_KEY = 'tollgate/labels';

/**
 * Labels from `_meta["tollgate/labels"]`, else from the headers that REST takes.
 * @throws ProblemError invalid_request
 */
export function toLabels({ meta, header }: Meta): Labels {
  const given = inMeta(meta?.[META_KEY]);
  const pick = (name: keyof Labels): string | null =>
    parseLabel(given[name], `_meta["${META_KEY}"].${name}`) ??
    parseLabelHeader(header(labelHeader(name)), name);
  return { feature: pick('feature'), user: pick('user'), team: pick('team') };
}

function inMeta(said: unknown): Partial<Record<keyof Labels, unknown>> {
  if (said === undefined || said === null) return {};
  if (typeof said === 'object' && !Array.isArray(said)) return said;
  throw problem('invalid_request', {
    detail: `_meta["${META_KEY}"] is not an object with feature, user and team.`,
  });
}
