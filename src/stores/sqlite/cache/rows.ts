import type { Usage } from '../../../../schemas/wire/call.ts';
import type { CachedAnswer } from '../../ports/cache.ts';

/** The columns of an {@link CachedAnswer}, for whatever reads one: `e` is the entry, `s` its scope. */
export const ENTRY_COLUMNS = `e.call AS id, s.hash AS scope, e.exact_key AS exactKey, e.tool, e.prompt,
  e.tenant, e.model, e.question, e.output, e.usage, e.cost_nano_usd AS costNanoUsd,
  e.created_at AS createdAt, e.exact_until AS exactUntil, e.similar_until AS similarUntil`;
export const FROM_ENTRIES = 'cache_entries e JOIN cache_scopes s ON s.id = e.scope';

/** That a wording, its last parameter, may be served the entry. */
export const IS_ALLOWED = `e.quarantined = 0 AND NOT EXISTS (SELECT 1 FROM cache_negatives n
  WHERE n.scope = e.scope AND n.canon = ? AND n.entry = e.id)`;

export interface EntryRow extends Omit<CachedAnswer, 'usage'> {
  usage: string;
}

export function toEntry({ usage, ...entry }: EntryRow): CachedAnswer {
  return { ...entry, usage: JSON.parse(usage) as Usage };
}
