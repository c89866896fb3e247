import { buildCalibration, type Factor, type Prediction } from './calibration.ts';
import { classify, type ContentClass } from './content-class.ts';
import { FRAME_TOKENS } from './count-tokens.ts';
import { samplesOf, type Countable } from './samples.ts';
import { buildScales } from './weigh-text.ts';

/** Whole tokens. */
export interface PromptEstimate extends Prediction {
  /** Our own count, nothing learnt applied. */
  raw: number;
  content: ContentClass;
}

export interface Estimator {
  /** Tokens of a prompt made of these texts, for a model. */
  prompt(texts: readonly string[], model: string): PromptEstimate;
  /**
   * Tokens of text that a model wrote.
   * @param content that of the prompt it answers, which replies are learnt under; else that of the text
   */
  reply(text: string, model: string, content?: ContentClass): { raw: number; expected: number };
  /** Learn from an attempt whose tokens the provider counted; others teach nothing. */
  learn(attempt: Countable): void;
  /** What has been learnt so far. */
  factors(): Factor[];
}

interface EstimatorParts {
  /** Tokens per token of the tokenizer up to Opus 4.6. @throws for a model that is not known */
  tokenFactor: (model: string) => number;
}

/**
 * Counts tokens without a tokenizer and learns from the provider's counts. It keeps nothing itself:
 * the ledger holds both counts of every attempt, so `history` (oldest first) is all it needs to
 * know again what it had learnt.
 */
export function buildEstimator(
  { tokenFactor }: EstimatorParts,
  history: Iterable<Countable> = [],
): Estimator {
  const calibration = buildCalibration();
  const weigh = buildScales();
  const learn = (attempt: Countable): void => {
    for (const sample of samplesOf(attempt)) calibration.learn(sample, sample);
  };
  for (const attempt of history) learn(attempt);
  return {
    prompt(texts, model) {
      const factor = tokenFactor(model);
      const weights = texts.map(weigh);
      const content = classify(weights.map(({ tally }) => tally));
      const raw = weights.reduce(
        (sum, { tokens }) => sum + Math.ceil(tokens * factor),
        FRAME_TOKENS,
      );
      return { raw, content, ...calibration.predict({ model, side: 'input', content }, raw) };
    },
    reply(text, model, content) {
      const { tokens, tally } = weigh(text);
      const raw = Math.ceil(tokens * tokenFactor(model));
      const group = { model, side: 'output', content: content ?? classify([tally]) } as const;
      return { raw, expected: calibration.predict(group, raw).expected };
    },
    learn,
    factors: () => calibration.factors(),
  };
}
