import type { PromptUse } from '../../core/call/prompt.ts';
import { toUsd } from '../../core/call/wire.ts';
import { compareScores } from '../../eval/stats/compare-scores.ts';
import { summarizeScores, type Histogram } from '../../eval/stats/histogram.ts';
import type { FeedbackRecord } from '../../stores/ports/prompts.ts';
import { openStore } from '../../stores/open.ts';
import { pretty, print } from '../shared/invoke.ts';
import { openPromptsFolder, printable, unknownPrompt } from './folder.ts';
import { toTable, type Column } from '../shared/table.ts';

const MOST_COMMENTS = 20;

/** `tollgate prompts compare`: what callers said of the answers of each version. */
export async function comparePrompt(id: string, { json }: { json?: true }): Promise<void> {
  const disk = await openPromptsFolder();
  if (!disk.raw.prompts.has(id)) throw unknownPrompt(disk, id);
  const store = openStore(disk.config.db);
  const [uses, given, comments] = await Promise.all([
    store.ledger.promptUse(id),
    store.feedback.scores(id),
    store.feedback.comments(id, MOST_COMMENTS),
  ]).finally(() => store.close());
  const versions = toVersions(uses, given);
  const pairs = toPairs(versions);
  if (json) {
    const shown = versions.map(({ histogram, ...version }) => ({ ...version, scores: histogram }));
    print(pretty({ prompt: id, versions: shown, pairs, comments: comments.map(toComment) }));
    return;
  }
  print(versions.length === 0 ? `${id} has not served a call yet` : toTable(VERSIONS, versions));
  if (pairs.length > 0) print(`\n${toTable(PAIRS, pairs)}`);
  for (const { version, call, score, comment } of comments.map(toComment))
    print(`\n${version}  ${call}  ${String(score)}\n  ${printable(comment)}`);
}

interface VersionStats {
  version: string;
  calls: number;
  cost_usd: number;
  feedback: number;
  /** Mean, and what it likely is; null without feedback. */
  score: number | null;
  low: number | null;
  high: number | null;
  histogram: Histogram;
}

interface VersionPair {
  first: string;
  second: string;
  difference: number;
  p: number;
}

const numberOf = (version: string): number => Number(version.slice(1));

function toVersions(
  uses: readonly PromptUse[],
  given: readonly { version: string; score: number; count: number }[],
): VersionStats[] {
  const names = new Set([...uses, ...given].map(({ version }) => version));
  return [...names]
    .sort((a, b) => numberOf(a) - numberOf(b))
    .map((version) => {
      const own = uses.filter((use) => use.version === version);
      const histogram = given.filter((each) => each.version === version);
      const summary = summarizeScores(histogram);
      return {
        version,
        calls: own.reduce((sum, use) => sum + use.calls, 0),
        cost_usd: toUsd(own.reduce((sum, use) => sum + use.costNanoUsd, 0)),
        feedback: summary?.count ?? 0,
        score: summary?.mean ?? null,
        low: summary?.low ?? null,
        high: summary?.high ?? null,
        histogram,
      };
    });
}

function toPairs(versions: readonly VersionStats[]): VersionPair[] {
  return versions.flatMap((second, at) =>
    versions.slice(0, at).flatMap((first) => {
      const compared = compareScores(first.histogram, second.histogram);
      return compared ? [{ first: first.version, second: second.version, ...compared }] : [];
    }),
  );
}

const toComment = ({ call, prompt, score, comment, at }: FeedbackRecord) => ({
  version: prompt?.version ?? '',
  call,
  score,
  comment: comment ?? '',
  at: new Date(at).toISOString(),
});

const share = (value: number | null): string => (value === null ? '' : value.toFixed(3));

const VERSIONS: readonly Column<VersionStats>[] = [
  { title: 'version', cell: ({ version }) => version },
  { title: 'calls', cell: ({ calls }) => String(calls), isAmount: true },
  { title: 'cost USD', cell: ({ cost_usd: usd }) => usd.toFixed(6), isAmount: true },
  { title: 'feedback', cell: ({ feedback }) => String(feedback), isAmount: true },
  { title: 'score', cell: ({ score }) => share(score), isAmount: true },
  {
    title: '95 % interval',
    cell: ({ low, high }) => (low === null ? '' : `${share(low)} to ${share(high)}`),
  },
];

const PAIRS: readonly Column<VersionPair>[] = [
  { title: 'versions', cell: ({ first, second }) => `${second} against ${first}` },
  {
    title: 'difference',
    cell: ({ difference }) => `${difference < 0 ? '' : '+'}${difference.toFixed(3)}`,
    isAmount: true,
  },
  { title: 'p', cell: ({ p }) => (p < 0.0001 ? '<0.0001' : p.toFixed(4)), isAmount: true },
  {
    title: 'says',
    cell: ({ difference, p }) =>
      p >= 0.05 ? 'no difference that is sure' : difference > 0 ? 'better' : 'worse',
  },
];
