import type { z } from 'zod';
import type { SummarizeTextInput } from '../../schemas/tools/summarize-text.ts';
import type { Fallback } from '../../src/core/tool/define-tool.ts';
import { findTitle } from './find-title.ts';
import { rankSentences } from './rank-sentences.ts';
import { isProse, splitSentences } from './sentences.ts';
import { countWords, firstWords } from './words.ts';

type Input = z.infer<typeof SummarizeTextInput>;

/** Nobody's sentence is longer; what is, is a table or a blob. */
const MAX_SENTENCE_CHARS = 600;

/** Beyond that a text is no prose, and each sentence that is compared takes its time. */
const MOST_SENTENCES = 5_000;

/** One sentence that takes more of the room leaves none for a second point. */
const MOST_OF_THE_ROOM = 0.6;

/** A headline is whole if one of the first few sentences fits; else the first one is cut. */
const HEADLINE_CHOICES = 3;

/** How much room a word gets where a beginning must be cut out. */
const CHARS_PER_WORD = 15;

/**
 * A summary without a model: the sentences that share most words with the rest, word for word. Null
 * for what has no words that could be quoted.
 */
export const summarizeBySentences: Fallback = (input) => {
  const { text, style, max_words: maxWords } = input as Input;
  const all = splitSentences(text).slice(0, MOST_SENTENCES);
  const summary =
    style === 'headline' ? headlineOf(text, all, maxWords) : extractOf(all, { style, maxWords });
  return summary === '' ? null : { summary };
};

function extractOf(
  all: readonly string[],
  { style, maxWords }: { style: 'paragraph' | 'bullets'; maxWords: number },
): string {
  const mark = style === 'bullets' ? '- ' : '';
  const sentences = candidatesOf(all).map((sentence) => `${mark}${sentence}`);
  const short = sentences.filter((each) => isWithin(each, maxWords * MOST_OF_THE_ROOM));
  const picked = pickSentences(short.length > 0 ? short : sentences, maxWords);
  return picked.length > 0
    ? picked.join(mark === '' ? ' ' : '\n')
    : cut(sentences[0] ?? '', maxWords);
}

/** The best that fit, half of all at most, in the order of the text. */
function pickSentences(sentences: readonly string[], maxWords: number): string[] {
  const picked = new Set<number>();
  let room = maxWords;
  for (const at of rankSentences(sentences)) {
    const sentence = sentences[at] ?? '';
    if (!isWithin(sentence, room) || picked.size === Math.ceil(sentences.length / 2)) continue;
    picked.add(at);
    room -= countWords(sentence);
  }
  return sentences.filter((_, at) => picked.has(at));
}

const isWithin = (sentence: string, maxWords: number): boolean =>
  sentence.length <= MAX_SENTENCE_CHARS && countWords(sentence) <= maxWords;

/** Sentences proper; every line where a text has none. */
function candidatesOf(all: readonly string[]): readonly string[] {
  const short = all.filter(({ length }) => length <= MAX_SENTENCE_CHARS);
  const prose = short.filter((each) => isProse(each) && countWords(each) >= 4);
  return [prose, short, all].find(({ length }) => length > 0) ?? [];
}

function headlineOf(text: string, all: readonly string[], maxWords: number): string {
  const title = findTitle(text);
  if (title !== null) return cut(title, maxWords);
  const sentences = candidatesOf(all);
  const ranked = rankSentences(sentences).map((at) => sentences[at] ?? '');
  const fitting = ranked.slice(0, HEADLINE_CHOICES).find((each) => isWithin(each, maxWords));
  const best = fitting ?? ranked[0] ?? '';
  return cut(best, maxWords).replace(/(?<![.…])\.$/, '');
}

/** The beginning of a sentence, with a mark that there was more; empty if not even a word fits. */
function cut(sentence: string, maxWords: number): string {
  const kept = firstWords(sentence, maxWords, maxWords * CHARS_PER_WORD);
  if (kept === sentence) return kept;
  return /[\p{L}\p{N}]/u.test(kept) ? `${kept.replace(/[,;:]$/, '')}…` : '';
}
