import { createTwoFilesPatch, diffLines } from 'diff';
import { toUsd } from '../../core/call/wire.ts';
import { CATALOG } from '../../model/catalog.ts';
import { buildEstimator } from '../../model/estimate/estimator.ts';
import { buildPriceList } from '../../model/prices.ts';
import { buildPromptCache } from '../../model/prompt-cache.ts';
import { buildPlanner } from '../../app/planner.ts';
import { checkPrompts, withDefaults } from '../../prompts/check.ts';
import type { LoadedVersion, PromptSet } from '../../prompts/registry.ts';
import { sharesOf } from '../../prompts/split.ts';
import { pretty, print } from '../shared/invoke.ts';
import { openPromptsFolder, promptTools, type OnDisk } from './folder.ts';
import { toTable, type Column } from '../shared/table.ts';

/** A version with what filling it in costs. */
interface CheckLine {
  prompt: string;
  status: string;
  /** Share of callers, 0 to 1. */
  share: number;
  /** With the first example of its tool; null where it cannot be filled in. */
  model: string | null;
  input_tokens: number | null;
  expected_usd: number | null;
  worst_usd: number | null;
  /** Against the version before it; null for the first. */
  added_lines: number | null;
  removed_lines: number | null;
}

/** `tollgate prompts check`: everything that can be said without a model; 1 where something is wrong. */
export async function checkAll({ diff, json }: { diff?: true; json?: true }): Promise<void> {
  const disk = await openPromptsFolder();
  const findings = checkPrompts({ registry: disk.whole, tools: promptTools });
  const sets = [...disk.whole.sets.values()];
  const lines = (await Promise.all(sets.map((set) => linesOf(set, disk)))).flat();
  if (findings.length > 0) process.exitCode = 1;
  if (json) {
    print(pretty({ ok: findings.length === 0, findings, versions: lines }));
    return;
  }
  print(toTable(COLUMNS, lines));
  const { lock } = disk.whole;
  for (const set of sets) {
    for (const [at, version] of set.versions.entries()) {
      const isNew = lock.prompts[`${set.id}@${version.meta.version}`] === undefined;
      const before = set.versions[at - 1];
      if (before && (diff || isNew)) print(`\n${patch(before, version)}`);
    }
  }
  for (const { where, what } of findings) print(`\n${where}\n  ${what}`);
  print(findings.length === 0 ? '\nall is well' : `\n${String(findings.length)} to put right`);
}

async function linesOf(set: PromptSet, disk: OnDisk): Promise<CheckLine[]> {
  const shares = sharesOf(set.split);
  return Promise.all(
    set.versions.map(async (version, at) => {
      const { meta } = version;
      return {
        prompt: `${set.id}@${meta.version}`,
        status: meta.status,
        share: shares.get(meta.version) ?? 0,
        ...(await priceOf(version, disk)),
        ...changesOf(set.versions[at - 1], version),
      };
    }),
  );
}

const UNKNOWN = { model: null, input_tokens: null, expected_usd: null, worst_usd: null };

async function priceOf(
  version: LoadedVersion,
  { config }: OnDisk,
): Promise<Pick<CheckLine, 'model' | 'input_tokens' | 'expected_usd' | 'worst_usd'>> {
  const tool = promptTools.find(({ prompt }) => prompt === version.meta.id);
  if (!tool) return UNKNOWN;
  const prices = buildPriceList({ ...CATALOG, ...config.models });
  const estimator = buildEstimator({ tokenFactor: (model) => prices.facts(model).tokenFactor });
  const now = Date.now;
  const plan = buildPlanner({
    prices,
    estimator,
    promptCache: buildPromptCache(now),
    // Nothing was sent yet, so nothing is worth keeping.
    providerOf: () => ({ cachesPrompts: false }),
    ...config,
    now,
  });
  try {
    const input = withDefaults(tool, tool.examples[0].input);
    const planned = await plan(tool, input, { prompt: version });
    const estimate = planned.estimate();
    return {
      model: planned.models[0] ?? null,
      input_tokens: estimate.inputTokens,
      expected_usd: toUsd(estimate.expectedNanoUsd),
      worst_usd: toUsd(estimate.worstNanoUsd),
    };
  } catch {
    // Why it cannot be filled in is a finding.
    return UNKNOWN;
  }
}

function changesOf(
  before: LoadedVersion | undefined,
  after: LoadedVersion,
): Pick<CheckLine, 'added_lines' | 'removed_lines'> {
  if (!before) return { added_lines: null, removed_lines: null };
  const parts = diffLines(before.text, after.text);
  const sum = (kind: 'added' | 'removed'): number =>
    parts.reduce((lines, part) => lines + (part[kind] ? part.count : 0), 0);
  return { added_lines: sum('added'), removed_lines: sum('removed') };
}

const patch = (before: LoadedVersion, after: LoadedVersion): string =>
  createTwoFilesPatch(
    ...[`${before.meta.id}/${before.meta.version}.md`, `${after.meta.id}/${after.meta.version}.md`],
    ...[before.text, after.text],
  ).trimEnd();

const usd = (amount: number | null): string => (amount === null ? '' : amount.toFixed(6));
const whole = (amount: number | null): string => (amount === null ? '' : String(amount));

const COLUMNS: readonly Column<CheckLine>[] = [
  { title: 'prompt', cell: ({ prompt }) => prompt },
  { title: 'status', cell: ({ status }) => status },
  { title: 'share', cell: ({ share }) => `${(100 * share).toFixed(0)} %`, isAmount: true },
  { title: 'input tokens', cell: (line) => whole(line.input_tokens), isAmount: true },
  { title: 'expected USD', cell: (line) => usd(line.expected_usd), isAmount: true },
  { title: 'worst USD', cell: (line) => usd(line.worst_usd), isAmount: true },
  { title: 'model', cell: ({ model }) => model ?? '' },
  {
    title: 'against the version before',
    cell: ({ added_lines: added, removed_lines: removed }) =>
      added === null ? '' : `+${whole(added)} -${whole(removed)} lines`,
  },
];
