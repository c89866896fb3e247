import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigHere } from '../../config/here.ts';
import { answerQuestion } from '../../app/bundled-tools.ts';
import { toCsvLine } from '../../cache/eval/csv.ts';
import {
  readQuestions,
  seededRandom,
  shuffled,
  type LabelledQuestion,
} from '../../cache/eval/questions.ts';
import { isWrong, reportTiers } from '../../cache/eval/report.ts';
import { replay, type ReplayedHit } from '../../cache/eval/replay.ts';
import type { Embedder } from '../../cache/embedders/embedder.ts';
import { openEmbedder } from '../../cache/embedders/open.ts';
import { cacheParts } from '../../config/cache.ts';
import { type Config } from '../../config/read.ts';
import { toHttpOptions } from '../../app/cache.ts';
import { openStore } from '../../stores/open.ts';
import { evalText } from './eval-table.ts';
import { UsageError } from '../shared/fail.ts';
import { pretty, print } from '../shared/invoke.ts';

export interface EvalOptions {
  judge: string;
  seed: string;
  embedder?: string;
  /** File for the hits whose labels differ … */
  list?: string;
  /** … and one for all hits. */
  hits?: string;
  json?: true;
}

/**
 * `tollgate cache eval`: replay labelled questions as a stream over all tiers, on a database in memory:
 * how many are served, and how many of those under another label.
 * @param path a CSV file with columns text and category (or question and label), or a folder of such
 */
export async function evaluate(path: string, options: EvalOptions): Promise<void> {
  const { judge, seed } = toReplayOptions(options);
  const config = readConfigHere();
  const settings = cacheParts(config.cache);
  const random = seededRandom(seed);
  const stream = shuffled(readAll(path), random);
  const embedder = toEmbedder(options.embedder ?? config.embedder, config);
  const store = openStore('sqlite::memory:');
  try {
    const startedAt = performance.now();
    const replayed = await replay(stream, {
      store: store.cache,
      tool: answerQuestion,
      embedder,
      judge,
      random,
      rule: { maxFalseHits: settings.max_false_hits },
      threshold: settings.threshold,
      candidates: settings.judge_candidates,
      checkShare: settings.check_share,
    });
    const perQuestionMs = (performance.now() - startedAt) / stream.length;
    const [tiers, states] = [reportTiers(replayed), await store.cache.states()];
    const differ = replayed.hits.filter(isWrong);
    const report = { ...replayed, tiers, states, perQuestionMs, hits: differ };
    if (options.list !== undefined) writeHits(options.list, differ);
    if (options.hits !== undefined) writeHits(options.hits, replayed.hits);
    print(options.json ? pretty(report) : evalText(report));
  } finally {
    await store.close();
    await embedder?.close();
  }
}

/** An endpoint has more time than when a caller waits. */
function toEmbedder(setting: string, config: Config): Embedder | null {
  const http = toHttpOptions(config);
  try {
    return openEmbedder(setting, http && { ...http, timeoutMs: 60_000 });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function toReplayOptions({ judge, seed }: EvalOptions): { judge: 'off' | 'oracle'; seed: number } {
  if (judge !== 'off' && judge !== 'oracle')
    throw new UsageError(`--judge must be off or oracle, not "${judge}"`);
  if (!/^\d{1,9}$/.test(seed))
    throw new UsageError(`--seed must be a whole number of at most 9 digits, not "${seed}"`);
  return { judge, seed: Number(seed) };
}

/** All CSV files of a folder, by name; or the one that is named. */
function readAll(path: string): LabelledQuestion[] {
  const isFolder = statSync(path).isDirectory();
  const files = isFolder
    ? readdirSync(path)
        .filter((name) => name.endsWith('.csv'))
        .sort()
        .map((name) => join(path, name))
    : [path];
  if (files.length === 0) throw new UsageError(`there is no .csv file in ${path}`);
  return files.flatMap((file) => {
    try {
      return readQuestions(readFileSync(file, 'utf8'));
    } catch (error) {
      if (error instanceof SyntaxError) throw new UsageError(`${file}: ${error.message}`);
      throw error;
    }
  });
}

const COLUMNS = ['tier', 'similarity', 'asked_label', 'kept_label', 'asked', 'kept', 'reason'];

function writeHits(file: string, hits: readonly ReplayedHit[]): void {
  const lines = hits.map(({ tier, similarity, asked, kept, reason }) =>
    toCsvLine([
      ...[tier, similarity?.toFixed(4) ?? '', asked.label, kept.label],
      ...[asked.text, kept.text, reason],
    ]),
  );
  writeFileSync(file, `${[toCsvLine(COLUMNS), ...lines].join('\n')}\n`);
}
