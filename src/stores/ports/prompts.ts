/** Feedback on the answer of a call. Times are milliseconds since the epoch. */
export interface FeedbackRecord {
  call: string;
  principal: string;
  /** That of the call; null for a plain function. */
  prompt: { id: string; version: string } | null;
  /** 0 to 1. */
  score: number;
  comment: string | null;
  at: number;
}

/** Feedback on answers. */
export interface FeedbackStore {
  /** The newest word on a call takes the place of what was said before. */
  put(feedback: FeedbackRecord): Promise<void>;
  /** Counts of each score of each version of a prompt, by version and score. */
  scores(promptId: string): Promise<{ version: string; score: number; count: number }[]>;
  /** Comments on a prompt, newest first. */
  comments(promptId: string, limit: number): Promise<FeedbackRecord[]>;
}

/** One version of a prompt that answered the cases of an evaluation. */
export interface EvalRun {
  id: string;
  /** Shared by the versions that were compared. */
  evaluation: string;
  prompt: { id: string; version: string; hash: string };
  /** Of the cases: scores are comparable where it is the same. Hex. */
  casesHash: string;
  /** The only model that was asked; null: as calls are routed. */
  model: string | null;
  simulated: boolean;
  startedAt: number;
  endedAt: number;
  costNanoUsd: number;
}

/** Score of one case. */
export interface EvalScore {
  /** Of the case. */
  name: string;
  /** Its row in the ledger; null where no call was made. */
  call: string | null;
  /** 0 to 1. */
  score: number;
  /** Spending on the case, graders included. */
  costNanoUsd: number;
  latencyMs: number;
  inputTokens: number;
  outputTokens: number;
  /** The answerer; null: none. */
  model: string | null;
  /** Notes of the graders, for people. */
  detail: string;
}

/** Evaluations that were made. */
export interface EvalStore {
  /** In one transaction. */
  keep(run: EvalRun, scores: readonly EvalScore[]): Promise<void>;
  /** Newest first, with the mean score and the number of cases. */
  list(promptId: string, limit: number): Promise<(EvalRun & { score: number; cases: number })[]>;
  /** Scores by name of the case. */
  get(id: string): Promise<{ run: EvalRun; scores: EvalScore[] } | null>;
}
