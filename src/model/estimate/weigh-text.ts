import { LRUCache } from 'lru-cache';
import { tallyText, type CharacterTally } from './content-class.ts';
import { countTokens } from './count-tokens.ts';

/** What is known of a text whatever the model. */
export interface Weight {
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
export function buildScales(): (text: string) => Weight {
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
