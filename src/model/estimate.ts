/**
 * Tokens of a text without a tokenizer (none is published). Character classes, fitted on measured
 * characters per token of the tokenizer up to Opus 4.6; newer models write `tokenFactor` as many.
 */
const CLASSES: readonly [RegExp, (run: string) => number][] = [
  // Long runs without a vowel pattern of words: base64, hashes, UUIDs.
  [/[A-Za-z0-9+/_-]{32,}=*/g, (run) => run.length / 1.6],
  [/[A-Za-zÀ-ɏ]+/g, (run) => Math.max(1, run.length / 5.2)],
  [/\d+/g, (run) => Math.ceil(run.length / 3)],
  // Han, kana, hangul.
  [/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+/g, (run) => run.length / 1.15],
  [/[\n\r\t]+/g, () => 1],
  // A single space belongs to the word behind it; only longer runs count.
  [/ {2,}/g, () => 1],
  [/[!-/:-@[-`{-~]/g, () => 0.75],
  // Everything else: Cyrillic, Arabic, emoji …
  [
    /[^\p{ASCII}À-ɏ\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+/gu,
    (run) => run.length / 2,
  ],
];

/** Estimated tokens of `text` for a model of this `tokenFactor`; a whole number. */
export function estimateTokens(text: string, tokenFactor: number): number {
  let rest = text;
  let tokens = 0;
  for (const [pattern, weigh] of CLASSES) {
    rest = rest.replace(pattern, (run) => {
      tokens += weigh(run);
      return '\u0000';
    });
  }
  return Math.ceil(tokens * tokenFactor);
}

/** Tokens a message costs around its text: role markers, system frame. */
const FRAME_TOKENS = 8;

/** Estimated prompt tokens of a request: texts, frame, and the output schema that travels along. */
export const estimatePrompt = (texts: readonly string[], tokenFactor: number): number =>
  FRAME_TOKENS + texts.reduce((sum, text) => sum + estimateTokens(text, tokenFactor), 0);
