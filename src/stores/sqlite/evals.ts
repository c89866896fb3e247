import type { Database } from 'better-sqlite3';
import type { EvalStore, EvalRun, EvalScore } from '../ports/prompts.ts';
import { answer } from './answer.ts';
import type { Writer } from './writer.ts';

/** A row of `eval_runs`. */
interface RunRow {
  id: string;
  evaluation: string;
  prompt_id: string;
  prompt_version: string;
  prompt_hash: string;
  cases_hash: string;
  model: string | null;
  simulated: 0 | 1;
  started_at: number;
  ended_at: number;
  cost_nano_usd: number;
}

const INSERT_RUN = `
  INSERT INTO eval_runs (id, evaluation, prompt_id, prompt_version, prompt_hash, cases_hash, model,
    simulated, started_at, ended_at, cost_nano_usd)
  VALUES (@id, @evaluation, @prompt_id, @prompt_version, @prompt_hash, @cases_hash, @model,
    @simulated, @started_at, @ended_at, @cost_nano_usd)`;

const INSERT_SCORE = `
  INSERT INTO eval_scores (run, name, call, score, cost_nano_usd, latency_ms, input_tokens,
    output_tokens, model, detail)
  VALUES (@run, @name, @call, @score, @costNanoUsd, @latencyMs, @inputTokens,
    @outputTokens, @model, @detail)`;

const SCORES = `
  SELECT name, call, score, cost_nano_usd AS costNanoUsd, latency_ms AS latencyMs,
    input_tokens AS inputTokens, output_tokens AS outputTokens, model, detail
  FROM eval_scores WHERE run = ? ORDER BY name`;

/** The mean of no cases is 0. */
const LIST = `
  SELECT *, (SELECT count(*) FROM eval_scores WHERE run = eval_runs.id) AS cases,
    (SELECT coalesce(avg(score), 0) FROM eval_scores WHERE run = eval_runs.id) AS score
  FROM eval_runs WHERE prompt_id = ? ORDER BY started_at DESC, id DESC LIMIT ?`;

/** Evaluations: a row per version that was measured, and one per case that it answered. */
export function openEvalStore(db: Database, writer: Writer): EvalStore {
  const insertRun = db.prepare<RunRow>(INSERT_RUN);
  const insertScore = db.prepare<EvalScore & { run: string }>(INSERT_SCORE);
  const list = db.prepare<[string, number], RunRow & { cases: number; score: number }>(LIST);
  const find = db.prepare<[string], RunRow>('SELECT * FROM eval_runs WHERE id = ?');
  const scoresOf = db.prepare<[string], EvalScore>(SCORES);
  return {
    keep: (run, scores) =>
      writer.write(() => {
        insertRun.run(toRow(run));
        for (const score of scores) insertScore.run({ ...score, run: run.id });
      }),
    list: (promptId, limit) =>
      answer(() =>
        list.all(promptId, limit).map((row) => {
          const { cases, score } = row;
          return { ...toRun(row), cases, score };
        }),
      ),
    get: (id) =>
      answer(() => {
        const row = find.get(id);
        return row ? { run: toRun(row), scores: scoresOf.all(id) } : null;
      }),
  };
}

const toRow = (run: EvalRun): RunRow => ({
  id: run.id,
  evaluation: run.evaluation,
  prompt_id: run.prompt.id,
  prompt_version: run.prompt.version,
  prompt_hash: run.prompt.hash,
  cases_hash: run.casesHash,
  model: run.model,
  simulated: run.simulated ? 1 : 0,
  started_at: run.startedAt,
  ended_at: run.endedAt,
  cost_nano_usd: run.costNanoUsd,
});

const toRun = (row: RunRow): EvalRun => ({
  id: row.id,
  evaluation: row.evaluation,
  prompt: { id: row.prompt_id, version: row.prompt_version, hash: row.prompt_hash },
  casesHash: row.cases_hash,
  model: row.model,
  simulated: row.simulated === 1,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  costNanoUsd: row.cost_nano_usd,
});
