import type { AttemptRecord, SentPrompt } from '../../core/call/attempt-record.ts';
import { buildBounds, type Bounds } from './bound.ts';
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
  /** The most tokens that a provider can count for a prompt: no average, a bound. */
  most(sent: SentPrompt, model: string): number;
  /** The most that these texts can add to a prompt, each as a message of its own. */
  mostMore(texts: readonly string[], model: string): number;
  /** A provider has counted a prompt so, whatever became of the attempt: it may refute a bound. */
  seen: Bounds['seen'];
  /** Learn from an attempt whose tokens the provider counted; others teach nothing. */
  learn(attempt: Learnable): void;
  /** What has been learnt so far. */
  factors(): Factor[];
}

type Learnable = Countable & Pick<AttemptRecord, 'sent'>;

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
  history: Iterable<Learnable> = [],
): Estimator {
  const calibration = buildCalibration();
  const bounds = buildBounds();
  const weigh = buildScales();
  const learn = (attempt: Learnable): void => {
    bounds.learn(attempt);
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
    most: (sent, model) => bounds.most(sent, model),
    seen: (counted) => {
      bounds.seen(counted);
    },
    mostMore: (texts, model) => bounds.mostMore(texts, model),
    learn,
    factors: () => calibration.factors(),
  };
}
