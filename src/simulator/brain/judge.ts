import type { DocumentMemory } from '../document-memory.ts';
import { NOT_ANSWERED, answerQuestion } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Comparison, Stored } from './judge-ask.ts';
import { isQuotedIn, tells, toPlain, toQuote } from './judge-quotes.ts';
import type { Plain, Quote } from './judge-quotes.ts';
import { isSameQuestion } from './judge-same-question.ts';
import { unescapeMarkup } from './sections.ts';

export interface Judgement {
  /** Number of the stored answer that serves, from 1; null when none does. */
  readonly same: number | null;
  /** False when it cannot be told. */
  readonly isSure: boolean;
}

const UNSURE: Judgement = { same: null, isSure: false };
const DIFFERENT: Judgement = { same: null, isSure: true };

/** All that is asked about stands in the answer: less is a guess, and a guess is no verdict. */
const SURE_OF_ANOTHER = 0.75;

interface Case {
  readonly question: string;
  readonly fresh: Quote | null;
  readonly candidates: readonly Candidate[];
}

interface Candidate extends Stored {
  readonly quote: Quote;
}

/**
 * Judges by the documents it has read before: answers quote them, so two questions have the same
 * answer when the same place of a document answers both. Without such a document, or when two of
 * them disagree, it cannot tell.
 */
export function judge(
  question: string,
  { stored, fresh }: Comparison,
  memory: DocumentMemory,
): Judgement {
  const candidates = stored.map((each) => ({ ...each, quote: toQuote(each.answer) }));
  const asked = { question, candidates, fresh: fresh === '' ? null : toQuote(fresh) };
  const verdicts = memory.texts().flatMap((document) => {
    const plain = toPlain(unescapeMarkup(document));
    const isTheirs = candidates.some(({ quote }) => isQuotedIn(quote, plain));
    return isTheirs ? [judgeBy({ document, plain }, asked)] : [];
  });
  const [first = UNSURE, ...others] = verdicts;
  return others.every((other) => other.same === first.same && other.isSure === first.isSure)
    ? first
    : UNSURE;
}

interface Known {
  readonly document: string;
  readonly plain: Plain;
}

function judgeBy({ document, plain }: Known, { question, fresh, candidates }: Case): Judgement {
  const knowsAll = candidates.every(({ quote }) => isKnown(quote, plain));
  if (fresh) {
    if (!isKnown(fresh, plain)) return UNSURE;
    const same = candidates.findIndex(({ quote }) => isKnown(quote, plain) && tells(quote, fresh));
    return decide(same, knowsAll);
  }
  const answer = answerQuestion(question, document);
  if (!answer.source) return UNSURE;
  const place = toPlain(answer.source.body);
  const isThere = ({ quote }: Candidate): boolean => isQuotedIn(quote, place);
  const same = candidates.findIndex((each) => isThere(each) && serves(each, question, answer));
  // From the same place and yet not the same question: near misses are not for guessing.
  const isNear = candidates.some(isThere);
  return decide(same, knowsAll && !isNear && answer.confidence >= SURE_OF_ANOTHER);
}

function decide(at: number, isSureOfNone: boolean): Judgement {
  if (at >= 0) return { same: at + 1, isSure: true };
  return isSureOfNone ? DIFFERENT : UNSURE;
}

/** From the document, or the plain statement that it has no answer. */
function isKnown(quote: Quote, plain: Plain): boolean {
  return isQuotedIn(quote, plain) || quote.plain === toPlain(NOT_ANSWERED);
}

function serves(candidate: Candidate, question: string, answer: Answer): boolean {
  return (
    tells(candidate.quote, toQuote(answer.text)) &&
    isSameQuestion({
      question,
      stored: candidate.question,
      heading: answer.source?.heading ?? '',
      confidence: answer.confidence,
    })
  );
}
