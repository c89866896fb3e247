import { CacheSelection } from '../../../schemas/wire/cache.ts';
import type { CacheAdmin } from '../../core/services/cache-admin.ts';
import { cacheParts } from '../../config/cache.ts';
import { buildCacheAdmin } from '../../cache/admin.ts';
import { entryText, shadowText, statsText } from './tables.ts';
import { UsageError } from '../shared/fail.ts';
import { pretty, print } from '../shared/invoke.ts';
import { toMs } from '../shared/spans.ts';
import { withStore } from '../shared/with-store.ts';

export interface PurgeOptions {
  entry?: string;
  tool?: string;
  prompt?: string;
  tag?: string;
  tenant?: string;
  all?: true;
  json?: true;
}

/** `tollgate cache stats`: calls and money by tier, and what is kept. */
export async function showStats({ last, json }: { last: string; json?: true }): Promise<void> {
  const spanMs = toMs(last, '--last');
  if (spanMs === 0) throw new UsageError(`--last must be a span of some length, not "${last}"`);
  await withCacheAdmin(async (admin) => {
    // A call that starts this very millisecond counts.
    const to = Date.now() + 1;
    const stats = await admin.stats({ from: to - spanMs, to });
    print(json ? pretty(stats) : statsText(stats));
  });
}

/** `tollgate cache inspect`: everything known of one entry. */
export async function inspectEntry(entry: string, { json }: { json?: true }): Promise<void> {
  await withCacheAdmin(async (admin) => {
    const found = await admin.inspect(entry);
    if (found) {
      print(json ? pretty(found) : entryText(found));
      return;
    }
    process.stderr.write(`tollgate: no kept answer has the id "${entry}"\n`);
    process.exitCode = 1;
  });
}

/** `tollgate cache shadow`: what may be served by similarity and why, and suspected false hits. */
export async function showShadow({ json }: { json?: true }): Promise<void> {
  await withCacheAdmin(async (admin) => {
    const report = await admin.shadow();
    print(json ? pretty(report) : shadowText(report));
  });
}

/** `tollgate cache purge`: forget entries. */
export async function purgeEntries({ json, ...conditions }: PurgeOptions): Promise<void> {
  const selection = toSelection(conditions);
  await withCacheAdmin(async (admin) => {
    const result = await admin.purge(selection);
    const { purged } = result;
    print(
      json
        ? pretty(result)
        : `purged ${String(purged)} kept ${purged === 1 ? 'answer' : 'answers'}`,
    );
  });
}

/** @throws UsageError where nothing is named: a slip must not empty the cache */
function toSelection(conditions: Omit<PurgeOptions, 'json'>): CacheSelection {
  const parsed = CacheSelection.safeParse(conditions);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [option] = issue?.path ?? [];
  if (option === undefined)
    throw new UsageError('name what is to go: --entry, --tool, --prompt, --tag, --tenant or --all');
  throw new UsageError(`--${String(option)}: ${issue?.message ?? 'is wrong'}`);
}

const withCacheAdmin = (work: (admin: CacheAdmin) => Promise<void>): Promise<void> =>
  withStore(({ cache: store, ledger }, config) => {
    const { max_false_hits: maxFalseHits } = cacheParts(config.cache);
    return work(buildCacheAdmin({ store, ledger, maxFalseHits, now: Date.now }));
  });
