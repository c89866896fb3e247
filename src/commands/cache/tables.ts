import type { CacheEntry, CacheStats, ShadowReport } from '../../../schemas/wire/cache.ts';
import { toTable, type Column } from '../shared/table.ts';

export const whole = (value: number): string => value.toLocaleString('en-US');
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
/** Bounds decide by less than a tenth. */
export const finePercent = (share: number): string => `${(share * 100).toFixed(2)} %`;
const dollars = (usd: number): string => `$${usd.toFixed(4)}`;
const size = (bytes: number): string =>
  bytes < 1024 ? `${whole(bytes)} B` : `${(bytes / 1024 ** 2).toFixed(2)} MB`;
/** To the second. */
const moment = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z');

type TierStats = CacheStats['tiers'][number];

const TIER_COLUMNS: readonly Column<TierStats>[] = [
  { title: 'tier', cell: ({ tier }) => tier },
  { title: 'calls', cell: ({ calls }) => whole(calls), isAmount: true },
  { title: 'of all', cell: ({ share }) => percent(share), isAmount: true },
  { title: 'saved', cell: ({ saved_usd: saved }) => dollars(saved), isAmount: true },
];

/** Statistics of the cache, for a terminal. */
export function statsText(stats: CacheStats): string {
  const { calls, judge, embed, vectors } = stats;
  const hits = stats.tiers.reduce((sum, tier) => sum + tier.calls, 0);
  const all: TierStats = {
    tier: 'all',
    calls: hits,
    share: stats.hit_share,
    saved_usd: stats.saved_usd,
  };
  const net = stats.saved_usd - judge.cost_usd - embed.cost_usd;
  return `${moment(stats.from)} to ${moment(stats.to)}: ${whole(calls)} calls of tools whose answers are kept

${toTable(TIER_COLUMNS, [...stats.tiers, all])}

judge   ${whole(judge.attempts)} asked, ${dollars(judge.cost_usd)}
embed   ${whole(embed.attempts)} asked, ${dollars(embed.cost_usd)}
net     ${dollars(net)} saved

kept    ${whole(stats.entries)} answers in ${whole(stats.scopes)} scopes, ${size(stats.bytes)}
learnt  ${whole(stats.learnt_aliases)} wordings with the same answer, ${whole(stats.negatives)} with another
vectors ${vectors.map(({ index, count }) => `${whole(count)} of ${index}`).join(', ') || 'none'}
quarantined ${whole(stats.quarantined)}`;
}

type EntryWording = CacheEntry['wordings'][number];

const WORDING_COLUMNS: readonly Column<EntryWording>[] = [
  { title: 'by', cell: ({ source }) => source },
  { title: 'wording', cell: ({ text }) => text },
];

const wordings = (title: string, rows: readonly EntryWording[]): string =>
  rows.length === 0 ? `${title}: none` : `${title}:\n${toTable(WORDING_COLUMNS, rows)}`;

interface NamedFact {
  name: string;
  value: string;
}

const FACT_COLUMNS: readonly Column<NamedFact>[] = [
  { title: 'entry', cell: ({ name }) => name },
  { title: '', cell: ({ value }) => value },
];

/** One entry, for a terminal. */
export function entryText(entry: CacheEntry): string {
  const facts = {
    id: entry.id,
    question: entry.question ?? '(only the same input)',
    key: entry.canon ?? '(none)',
    tool: entry.tool,
    'prompt, model': `${entry.prompt}, ${entry.model}`,
    'tenant, scope': `${entry.tenant ?? 'everybody'}, ${entry.scope.slice(0, 16)}`,
    tags: entry.tags.join(', '),
    made: `${moment(entry.created_at)} for ${dollars(entry.cost_usd)}`,
    'answers until': `${moment(entry.exact_until)}, other wordings ${moment(entry.similar_until)}`,
    used: `${whole(entry.hits)} times, last ${moment(entry.last_used_at)}, ${dollars(entry.saved_usd)} saved`,
    size: size(entry.bytes),
    'known to': entry.indexes.join(', '),
    complaints: `${whole(entry.strikes)}${entry.quarantined ? ': in quarantine' : ''}`,
  };
  const rows = Object.entries(facts).map(([name, value]) => ({ name, value }));
  return `${toTable(FACT_COLUMNS, rows)}

${wordings('wordings that lead here', entry.wordings)}

${wordings('wordings that never shall', entry.denied)}

output:
${JSON.stringify(entry.output, null, 2)}`;
}

/** A class and why it serves or not; its limit is said beside the table. */
export type Class = Omit<ShadowReport['classes'][number], 'at' | 'max_false_hits'>;

const CLASS_COLUMNS: readonly Column<Class>[] = [
  { title: 'class', cell: (each) => each.class },
  { title: 'found by', cell: ({ index }) => index },
  { title: 'state', cell: ({ state }) => state },
  { title: 'from', cell: ({ threshold }) => threshold?.toFixed(2) ?? '', isAmount: true },
  { title: 'judged', cell: ({ judged }) => whole(judged), isAmount: true },
  { title: 'wrong', cell: ({ wrong }) => whole(wrong), isAmount: true },
  { title: 'at most wrong', cell: ({ bound }) => finePercent(bound), isAmount: true },
  { title: 'tests', cell: ({ looks }) => whole(looks), isAmount: true },
  { title: 'rules', cell: ({ rules }) => rules },
];

export const classTable = (classes: readonly Class[]): string => toTable(CLASS_COLUMNS, classes);

const allowed = ([first]: ShadowReport['classes']): string =>
  `A class serves while at most ${finePercent(first?.max_false_hits ?? 0)} of its hits are wrong, with 95 % confidence.`;

const NO_EVIDENCE =
  'Nothing was judged yet: evidence comes from misses with a near question, where the tool has a judge.';

type DisagreementRow = ShadowReport['disagreements'][number];

const PAIR_COLUMNS: readonly Column<DisagreementRow>[] = [
  { title: 'at', cell: ({ at }) => moment(at) },
  { title: 'by', cell: ({ source }) => source },
  { title: 'entry', cell: ({ entry }) => entry },
  { title: 'asked', cell: ({ asked }) => asked },
  { title: 'kept question', cell: ({ stored }) => stored ?? '' },
];

/** The evidence, and suspected false hits with both texts, for a terminal. */
export const shadowText = ({ classes, disagreements }: ShadowReport): string => `${
  classes.length === 0 ? NO_EVIDENCE : `${classTable(classes)}\n\n${allowed(classes)}`
}

${
  disagreements.length === 0
    ? 'No suspected false hits.'
    : `Suspected false hits, never served again:\n${toTable(PAIR_COLUMNS, disagreements)}`
}`;
