import type { CacheEntry, CacheStats, ShadowReport } from '../../schemas/wire/cache.ts';
import type { CacheAdmin } from '../core/services/cache-admin.ts';
import { toUsd } from '../core/call/wire.ts';
import type { CacheStore, EntryView } from '../stores/ports/cache.ts';
import type { CacheUse, LedgerReader } from '../stores/ports/store.ts';

interface CacheAdminParts {
  store: Pick<CacheStore, 'totals' | 'inspect' | 'states' | 'disagreements' | 'purge' | 'complain'>;
  ledger: Pick<LedgerReader, 'cacheUse'>;
  /** Share of hits by similarity that may be wrong, 0 to 1. */
  maxFalseHits: number;
  now: () => number;
}

/** Pairs that a report shows at the most. */
const MOST_DISAGREEMENTS = 100;

/** Queries of people about the cache, answered from its book and the ledger. */
export const buildCacheAdmin = ({
  store,
  ledger,
  maxFalseHits,
  now,
}: CacheAdminParts): CacheAdmin => ({
  async stats({ from, to }) {
    const [use, totals] = await Promise.all([ledger.cacheUse({ from, to }, null), store.totals()]);
    return {
      from: iso(from),
      to: iso(to),
      ...toTiers(use),
      judge: toSpent(use.judge),
      embed: toSpent(use.embed),
      entries: totals.entries,
      bytes: totals.bytes,
      scopes: totals.scopes,
      learnt_aliases: totals.learntAliases,
      negatives: totals.negatives,
      quarantined: totals.quarantined,
      vectors: totals.vectors,
    };
  },

  async inspect(entry) {
    const found = await store.inspect(entry);
    return found && toWireEntry(found);
  },

  async shadow() {
    const [states, disagreements] = await Promise.all([
      store.states(),
      store.disagreements(MOST_DISAGREEMENTS),
    ]);
    return {
      classes: states.map(({ at, ...state }) => ({
        ...state,
        max_false_hits: maxFalseHits,
        at: iso(at),
      })),
      disagreements: disagreements.map(({ at, ...pair }) => ({ ...pair, at: iso(at) })),
    } satisfies ShadowReport;
  },

  async purge(selection) {
    const given = Object.entries(selection).filter(([, value]) => value !== undefined);
    return { purged: await store.purge(Object.fromEntries(given)) };
  },

  async complain(call) {
    const found = await store.complain({ call, at: now() });
    return found && { id: found.entry, strikes: found.strikes, quarantined: found.quarantined };
  },
});

/** Calls without a tier were answered by a model: they count, but are no hits. */
function toTiers({
  tiers,
}: CacheUse): Pick<CacheStats, 'calls' | 'hit_share' | 'tiers' | 'saved_usd'> {
  const calls = tiers.reduce((sum, each) => sum + each.calls, 0);
  const share = (part: number): number => (calls === 0 ? 0 : part / calls);
  const hits = tiers.flatMap(({ tier, ...rest }) => (tier === null ? [] : [{ tier, ...rest }]));
  return {
    calls,
    hit_share: share(hits.reduce((sum, each) => sum + each.calls, 0)),
    tiers: hits.map((each) => ({
      tier: each.tier,
      calls: each.calls,
      share: share(each.calls),
      saved_usd: toUsd(each.savedNanoUsd),
    })),
    saved_usd: toUsd(hits.reduce((sum, each) => sum + each.savedNanoUsd, 0)),
  };
}

const toSpent = ({ attempts, costNanoUsd }: CacheUse['judge']): CacheStats['judge'] => ({
  attempts,
  cost_usd: toUsd(costNanoUsd),
});

const toWireEntry = (entry: EntryView): CacheEntry => ({
  id: entry.id,
  tool: entry.tool,
  prompt: entry.prompt,
  model: entry.model,
  tenant: entry.tenant,
  scope: entry.scope,
  question: entry.question,
  canon: entry.canon,
  output: JSON.parse(entry.output) as unknown,
  tags: entry.tags,
  wordings: entry.aliases,
  denied: entry.negatives,
  hits: entry.hits,
  saved_usd: toUsd(entry.savedNanoUsd),
  usage: entry.usage,
  cost_usd: toUsd(entry.costNanoUsd),
  bytes: entry.bytes,
  created_at: iso(entry.createdAt),
  last_used_at: iso(entry.lastUsedAt),
  exact_until: iso(entry.exactUntil),
  similar_until: iso(entry.similarUntil),
  strikes: entry.strikes,
  quarantined: entry.quarantined,
  indexes: entry.indexes,
});

const iso = (at: number): string => new Date(at).toISOString();
