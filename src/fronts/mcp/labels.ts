import { z } from 'zod';
import type { Labels } from '../../call/call.ts';
import type { Meta } from './meta.ts';

const text = z.string().trim().min(1).max(200).nullish().catch(null);

const InMeta = z.object({ feature: text, user: text, team: text }).catch({});

/** Labels from `_meta["tollgate/labels"]`, else from the headers that REST takes. */
export function toLabels({ meta, header }: Meta): Labels {
  const given = InMeta.parse(meta?.['tollgate/labels'] ?? {});
  const pick = (name: keyof Labels): string | null =>
    given[name] ?? text.parse(header(`x-tollgate-${name}`)) ?? null;
  return { feature: pick('feature'), user: pick('user'), team: pick('team') };
}
