import { isHan } from './han.ts';

/**
 * Tokens of a text without a tokenizer (none is published): runs of characters of one kind, weighed by
 * figures fitted on measured texts for the tokenizer up to Opus 4.6. Newer models write `tokenFactor`
 * as many. One pass over the text: a prompt has tens of thousands of characters and is weighed often.
 */
type CountByLength = (length: number) => number;

const word: CountByLength = (length) => Math.max(1, length / 3.5);
const digits: CountByLength = (length) => Math.ceil(length / 3);
/** Tokenizers have tokens for short runs of white space: a long run is many of them. */
const LONGEST_RUN = 16;
const lineBreak: CountByLength = (length) => Math.ceil(length / LONGEST_RUN);
/** One space belongs to the word behind it. */
const space: CountByLength = (length) => (length > 1 ? Math.ceil(length / LONGEST_RUN) / 2 : 0);
const mark: CountByLength = (length) => length * 0.4;
const han: CountByLength = (length) => length / 1.15;
/** Cyrillic, Arabic, emoji … */
const other: CountByLength = (length) => length / 2;

/** No run of these was ever worth a token of its own: each is a byte that is spelled out. */
const control: CountByLength = (length) => length;
/** Before the first character and behind the last. */
const nothing: CountByLength = () => 0;

/** Kinds of the first characters of Unicode: ASCII and the Latin letters with accents. */
const LATIN: readonly CountByLength[] = Array.from({ length: 0x250 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[A-Za-zÀ-ɏ]/.test(char)) return word;
  if (/\d/.test(char)) return digits;
  if (/[\n\r\t]/.test(char)) return lineBreak;
  if (char === ' ') return space;
  if (/[!-/:-@[-`{-~]/.test(char)) return mark;
  return code < 0x80 ? control : other;
});

const kindOf = (code: number): CountByLength => LATIN[code] ?? (isHan(code) ? han : other);

/** Base64, hashes and UUIDs: long runs of these are no words. */
const CODED: readonly boolean[] = Array.from({ length: 0x80 }, (_, code) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)),
);
const LONG_CODE = 32;
const CHARS_PER_CODE_TOKEN = 1.6;

/** Tokens of `text` by the tokenizer up to Opus 4.6, not rounded. */
export function countTokens(text: string): number {
  let tokens = 0;
  let kind: CountByLength = nothing;
  let length = 0;
  let codeLength = 0;
  let tokensBeforeCode = 0;
  for (let index = 0; index <= text.length; index += 1) {
    const isEnd = index === text.length;
    const code = isEnd ? 0 : text.charCodeAt(index);
    const next = isEnd ? nothing : kindOf(code);
    if (next !== kind) {
      tokens += kind(length);
      kind = next;
      length = 0;
    }
    length += 1;
    if (CODED[code]) {
      if (codeLength === 0) tokensBeforeCode = tokens;
      codeLength += 1;
    } else {
      if (codeLength >= LONG_CODE) tokens = tokensBeforeCode + codeLength / CHARS_PER_CODE_TOKEN;
      codeLength = 0;
    }
  }
  return tokens;
}

/** Estimated tokens of `text` for a model of this `tokenFactor`; a whole number. */
export const estimateTokens = (text: string, tokenFactor: number): number =>
  Math.ceil(countTokens(text) * tokenFactor);

/** Tokens a message costs around its text: role markers, system frame. */
export const FRAME_TOKENS = 8;

/** Estimated prompt tokens of a request: texts, frame, and the output schema that travels along. */
export const estimatePrompt = (texts: readonly string[], tokenFactor: number): number =>
  FRAME_TOKENS + texts.reduce((sum, text) => sum + estimateTokens(text, tokenFactor), 0);
