import type { AttemptRecord, SentPrompt } from '../../core/call/attempt-record.ts';
import { buildBounds, type Bounds } from './bound.ts';
import { buildCalibration, type Factor, type Prediction } from './calibration.ts';
import { classify, type ContentClass, tallyText, type CharacterTally } from './content-class.ts';
import { FRAME_TOKENS, countTokens } from './count-tokens.ts';
import { samplesOf, type Countable } from './samples.ts';
import { LRUCache } from 'lru-cache';

/** Whole tokens. */
interface PromptEstimate extends Prediction {
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
  /** Factors learnt so far. */
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

/** Weight of a text, whatever the model. */
interface Weight {
  /** By the tokenizer up to Opus 4.6, not rounded. */
  tokens: number;
  tally: CharacterTally;
}

/** Shorter texts are weighed faster than remembered. */
const WORTH_KEEPING_CHARS = 2_000;

/** Of texts kept as keys: a handbook in the system prompt is the same on each call. */
const KEPT_BYTES = 4 * 1024 * 1024;
const BYTES_PER_CHAR = 2;

/** Scales that remember the long texts weighed last. */
function buildScales(): (text: string) => Weight {
  const kept = new LRUCache<string, Weight>({
    maxSize: KEPT_BYTES,
    sizeCalculation: (_, text) => text.length * BYTES_PER_CHAR,
  });
  return (text) => {
    if (text.length < WORTH_KEEPING_CHARS) return weigh(text);
    const known = kept.get(text);
    if (known) return known;
    const weight = weigh(text);
    kept.set(text, weight);
    return weight;
  };
}

const weigh = (text: string): Weight => ({ tokens: countTokens(text), tally: tallyText(text) });
