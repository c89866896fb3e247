import { contentTokens, STOP_WORDS } from '../canonical/tokens.ts';
import type { Embedder } from './embedder.ts';

/** Changing anything below is another version: stored vectors would no longer be comparable. */
const VERSION = 'lexical-v1';
const DIMENSIONS = 384;
/** Shares of the three blocks; each is scaled to its own before they are added. */
const WEIGHTS = { words: 0.7, bigrams: 0.15, grams: 0.15 } as const;
const STOP_WORD = 0.3;
const GRAMS = [3, 4, 5] as const;

/**
 * Hashed words, pairs of words and pieces of words: needs no model and no download. Texts with the same
 * words are near, whatever they mean (see the README), so what it finds is only ever judged.
 */
export const lexicalEmbedder = (): Embedder => ({
  index: VERSION,
  mayServe: false,
  worst: () => null,
  embed: (texts) =>
    new Promise((resolve) => {
      resolve({ vectors: texts.map(toVector), tokens: null });
    }),
  close: () => Promise.resolve(),
});

/** @throws Error for a text without a word */
function toVector(text: string): Float32Array {
  const tokens = contentTokens(text);
  if (tokens.length === 0) throw new Error('a text without a word has no direction');
  const sum = new Float32Array(DIMENSIONS);
  add(sum, WEIGHTS.words, words(tokens));
  add(sum, WEIGHTS.bigrams, bigrams(tokens));
  add(sum, WEIGHTS.grams, grams(tokens));
  return scale(sum, 1 / lengthOf(sum));
}

type Feature = readonly [name: string, weight: number];

const words = (tokens: readonly string[]): Feature[] =>
  tokens.map((token) => [`w ${stem(token)}`, STOP_WORDS.has(token) ? STOP_WORD : 1]);

function bigrams(tokens: readonly string[]): Feature[] {
  const content = tokens.filter((token) => !STOP_WORDS.has(token)).map(stem);
  const marked = ['^', ...content, '$'];
  return marked.slice(1).map((token, at) => [`b ${marked[at] ?? ''} ${token}`, 1]);
}

const grams = (tokens: readonly string[]): Feature[] =>
  tokens.flatMap((token) => {
    const weight = STOP_WORDS.has(token) ? STOP_WORD : 1;
    const marked = `<${token}>`;
    return GRAMS.flatMap((size) =>
      Array.from({ length: Math.max(0, marked.length - size + 1) }, (_, at): Feature => [
        `g ${marked.slice(at, at + size)}`,
        weight,
      ]),
    );
  });

/** Enough to bring an answer and answers, or pay and paying, together. */
const stem = (token: string): string =>
  token.length < 5 ? token : token.replace(/(?:ing|ed|es|s|e)$/, '');

function add(sum: Float32Array, share: number, features: readonly Feature[]): void {
  const block = new Float32Array(DIMENSIONS);
  for (const [name, weight] of features) {
    const hashed = hash(name);
    const at = hashed % DIMENSIONS;
    // The sign comes from a bit of its own, so that collisions cancel rather than add up.
    block[at] = (block[at] ?? 0) + (hashed >>> 31 === 0 ? weight : -weight);
  }
  const length = lengthOf(block);
  if (length === 0) return;
  for (let at = 0; at < DIMENSIONS; at += 1)
    sum[at] = (sum[at] ?? 0) + ((block[at] ?? 0) * share) / length;
}

/** FNV-1a over UTF-16 units, with a final mix: its low bits alone are too regular. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at += 1)
    value = Math.imul(value ^ text.charCodeAt(at), 0x01_00_01_93);
  value = Math.imul(value ^ (value >>> 16), 0x85_eb_ca_6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2_b2_ae_35);
  return (value ^ (value >>> 16)) >>> 0;
}

const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

const scale = (values: Float32Array, factor: number): Float32Array =>
  values.map((value) => value * factor);
