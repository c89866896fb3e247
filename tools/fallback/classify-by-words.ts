import type { z } from 'zod';
import type { ClassifyTextInput } from '../../schemas/tools/classify-text.ts';
import type { Fallback } from '../../src/core/tool/define-tool.ts';
import { rankLabels, type Similarity } from './labels.ts';

type Input = z.infer<typeof ClassifyTextInput>;

/** Counting words is no more than a guess: never surer than even. */
const MOST_CONFIDENCE = 0.5;
const LEAST_CONFIDENCE = 0.1;

/** From so many shared words on, more of them make a label no surer. */
const ENOUGH_WORDS = 3;

/** Labels that say of themselves that they take what fits nowhere else. */
const CATCH_ALL = /^(?:others?|unknown|misc(?:ellaneous)?|none|unclassified|uncategori[sz]ed)$/i;

/** A label without a model: the one whose name and description share most words with the text. */
export const classifyByWords: Fallback = (input) => {
  const { text, labels } = input as Input;
  const [best, second] = rankLabels(text, labels);
  if (best && best.score > 0) {
    return {
      label: best.label.name,
      confidence: confidenceOf(best, second),
      reason: reasonOf(best, second),
    };
  }
  const other = labels.find(({ name }) => CATCH_ALL.test(name));
  if (!other) return null;
  const reason = 'No model is available, and the text shares no word with any label.';
  return { label: other.name, confidence: LEAST_CONFIDENCE, reason };
};

function confidenceOf({ score, words }: Similarity, second: Similarity | undefined): number {
  const lead = (score - (second?.score ?? 0)) / score;
  const evidence = Math.min(1, words.length / ENOUGH_WORDS);
  const above = (MOST_CONFIDENCE - LEAST_CONFIDENCE) * lead * evidence;
  return Math.round((LEAST_CONFIDENCE + above) * 100) / 100;
}

function reasonOf({ score, words }: Similarity, second: Similarity | undefined): string {
  const shown = words.slice(0, 5).map((word) => `"${word}"`);
  const tied = second?.score === score ? `, and "${second.label.name}" fits as well` : '';
  return `No model is available; chosen by words alone: the text has ${shown.join(', ')}${tied}.`;
}
