import type { Database } from 'better-sqlite3';
import type { FeedbackStore, FeedbackRecord } from '../ports/prompts.ts';
import { answer } from './answer.ts';
import type { Writer } from './writer.ts';

/** A row of `feedback`. */
interface FeedbackRow extends Pick<
  FeedbackRecord,
  'call' | 'principal' | 'score' | 'comment' | 'at'
> {
  prompt_id: string | null;
  prompt_version: string | null;
}

/** Feedback on answers: one row per call. */
export function openFeedbackStore(db: Database, writer: Writer): Omit<FeedbackStore, 'scores'> {
  // The newest is what comes last, whatever the clocks of processes say.
  const put = db.prepare<FeedbackRow>(
    `INSERT OR REPLACE INTO feedback
       (call, principal, prompt_id, prompt_version, score, comment, at)
     VALUES (@call, @principal, @prompt_id, @prompt_version, @score, @comment, @at)`,
  );
  const comments = db.prepare<[string, number], FeedbackRow>(
    `SELECT call, principal, prompt_id, prompt_version, score, comment, at
     FROM feedback WHERE prompt_id = ? AND comment IS NOT NULL
     ORDER BY at DESC, call DESC LIMIT ?`,
  );
  return {
    put: (feedback) => writer.write(() => void put.run(toRow(feedback))),
    comments: (promptId, limit) => answer(() => comments.all(promptId, limit).map(toRecord)),
  };
}

export type Scores = (promptId: string) => { version: string; score: number; count: number }[];

/** Counts of each score of each version of a prompt. */
export function openScores(db: Database): Scores {
  const scores = db.prepare<[string], ReturnType<Scores>[number]>(
    `SELECT prompt_version AS version, score, count(*) AS count
     FROM feedback WHERE patient() AND prompt_id = ?
     GROUP BY prompt_version, score ORDER BY prompt_version, score`,
  );
  return (promptId) => scores.all(promptId);
}

const toRow = ({ call, principal, prompt, score, comment, at }: FeedbackRecord): FeedbackRow => ({
  call,
  principal,
  score,
  comment,
  at,
  prompt_id: prompt?.id ?? null,
  prompt_version: prompt?.version ?? null,
});

const toRecord = ({ prompt_id: id, prompt_version: version, ...row }: FeedbackRow) => ({
  ...row,
  prompt: id === null || version === null ? null : { id, version },
});
