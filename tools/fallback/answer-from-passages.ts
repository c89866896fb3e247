import type { z } from 'zod';
import type { AnswerQuestionInput } from '../../schemas/tools/answer-question.ts';
import type { Fallback } from '../../src/core/tool/define-tool.ts';
import { findPassage, type FoundPassage } from './find-passage.ts';
import { MOST_PASSAGES, readPassages, type TextPassage } from './passages.ts';
import { countWords, firstWords } from './words.ts';

type Input = z.infer<typeof AnswerQuestionInput>;

const MAX_QUOTED_WORDS = 80;
const MAX_QUOTED_CHARS = 1_200;

/** Below this share of the question a passage may well be about something else. */
const LEAST_OVERLAP = { headed: 0.65, other: 0.85 };

const NOT_FOUND =
  'No model is available right now, and the text has no passage that plainly answers this.';

/** An answer without a model: the passage that shares most words with the question, quoted. */
export const answerFromPassages: Fallback = (input, knowledge) => {
  const { question, context } = input as Input;
  const handbook = context ? null : knowledge.text('handbook.md');
  if (!context && handbook === null) return null;
  const passages = context ? readDocuments(context) : readPassages(handbook ?? '', '', 'Handbook');
  const found = findPassage(question, passages);
  if (!found || !isPlain(found)) return { answer: NOT_FOUND, found: false, sources: [] };
  return { answer: quote(found), found: true, sources: [found.passage.source] };
};

/** Those of all documents together, no more than one may have. */
function readDocuments(documents: NonNullable<Input['context']>): TextPassage[] {
  const passages: TextPassage[] = [];
  for (const [i, { title = '', text }] of documents.entries()) {
    const room = MOST_PASSAGES - passages.length;
    const read = readPassages(text, title, `Document ${String(i + 1)}`);
    for (const passage of read.slice(0, room)) passages.push(passage);
    if (read.length >= room) break;
  }
  return passages;
}

/** Without a heading that fits, words in passing are no answer: more of them must meet. */
function isPlain({ overlap, matched, headed, mostHeaded }: FoundPassage): boolean {
  if (headed > 0) return overlap >= LEAST_OVERLAP.headed;
  return overlap >= LEAST_OVERLAP.other && matched >= (mostHeaded > 0 ? 3 : 2);
}

/** Whole sentences from the first one, or from the nearest to the question if that would be left out. */
function quote({ passage: { sentences }, nearest }: FoundPassage): string {
  const fromStart = takeSentences(sentences);
  const taken = nearest < fromStart.length ? fromStart : takeSentences(sentences.slice(nearest));
  if (taken.length > 0) return taken.join(' ');
  return `${firstWords(sentences[nearest] ?? '', MAX_QUOTED_WORDS, MAX_QUOTED_CHARS)}…`;
}

function takeSentences(sentences: readonly string[]): string[] {
  let words = 0;
  let chars = 0;
  const end = sentences.findIndex((sentence) => {
    words += countWords(sentence);
    chars += sentence.length;
    return words > MAX_QUOTED_WORDS || chars > MAX_QUOTED_CHARS;
  });
  return end === -1 ? [...sentences] : sentences.slice(0, end);
}
