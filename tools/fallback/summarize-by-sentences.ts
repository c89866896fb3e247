import type { z } from 'zod';
import type { SummarizeTextInput } from '../../schemas/tools/summarize-text.ts';
import type { Fallback } from '../../src/core/tool/define-tool.ts';
import { isProse, splitSentences } from './sentences.ts';
import { countWords, firstWords, buildTermReader } from './words.ts';

type Input = z.infer<typeof SummarizeTextInput>;

/** Nobody's sentence is longer; what is, is a table or a blob. */
const MAX_SENTENCE_CHARS = 600;

/** Beyond that a text is no prose, and each sentence that is compared takes its time. */
const MOST_SENTENCES = 5_000;

/** One sentence that takes more of the room leaves none for a second point. */
const MOST_OF_THE_ROOM = 0.6;

/** A headline is whole if one of the first few sentences fits; else the first one is cut. */
const HEADLINE_CHOICES = 3;

/** Room that a word gets where a beginning must be cut out. */
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

const MOST_TITLE_WORDS = 14;

/** A title stands at the top. */
const MAX_HEAD_CHARS = 2_000;

/** A first line that opens a letter or a table of headers names no topic. */
const NO_TITLE = /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b|: |[.!?,:;|]$/i;

/** The name a text gives itself: a heading, the subject of a mail, a short first line that stands alone. */
function findTitle(text: string): string | null {
  const lines = `${text}\n`
    .slice(0, MAX_HEAD_CHARS)
    .split(/[\n\r]+/)
    // The last one may have been cut through.
    .slice(0, -1)
    .map((line) => line.trim())
    .filter(Boolean);
  const [first = ''] = lines;
  const heading = /^#{1,6}\s+(\S.*)$/.exec(first)?.[1];
  const subject = lines.map((line) => /^subject:\s*(\S.*)$/i.exec(line)?.[1]).find(Boolean);
  const named = heading ?? subject;
  if (named !== undefined) return named.replace(/\s+/g, ' ').replace(/\.$/, '');
  const standsAlone = lines.length > 1 && countWords(first) <= MOST_TITLE_WORDS;
  return standsAlone && !NO_TITLE.test(first) ? first.replace(/\s+/g, ' ') : null;
}

/** The first sentences are more often what a text is about. */
const LEAD_BONUS = [1.4, 1.15];

/** A sentence most of whose words were said by better ones adds nothing. */
const MOST_REPEATED = 0.8;

/**
 * Positions of the sentences, the most central first: those that share most words with the rest.
 * A sentence that only repeats better ones is left out.
 */
function rankSentences(sentences: readonly string[]): number[] {
  const readTerms = buildTermReader();
  const terms = sentences.map((sentence) => new Set(readTerms(sentence)));
  const uses = new Map<string, number>();
  for (const term of terms.flatMap((each) => [...each])) uses.set(term, (uses.get(term) ?? 0) + 1);
  const weights = terms.map((each, at) => weightOf(each, uses) * (LEAD_BONUS[at] ?? 1));
  const ranked = [...sentences.keys()].sort(
    (a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b,
  );
  const said = new Set<string>();
  return ranked.filter((at) => {
    const own = [...(terms[at] ?? [])];
    const repeated = own.filter((term) => said.has(term)).length;
    if (said.size > 0 && repeated >= own.length * MOST_REPEATED) return false;
    own.forEach((term) => said.add(term));
    return true;
  });
}

/** Between the sum, which favours long sentences, and the mean, which favours short ones. */
function weightOf(terms: ReadonlySet<string>, uses: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const term of terms) sum += Math.log2(uses.get(term) ?? 1);
  return sum / Math.sqrt(terms.size + 4);
}
