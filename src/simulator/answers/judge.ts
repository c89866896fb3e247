import type { Prompt } from '../validate-request.ts';
import { NOT_ANSWERED, answerQuestion } from './answer.ts';
import type { ExtractedAnswer } from './answer.ts';
import { isQuotedIn, tells, toPlain, toQuote } from './judge-quotes.ts';
import type { Plain, Quote } from './judge-quotes.ts';
import { isSameQuestion } from './judge-same-question.ts';
import { readSections, unescapeMarkup } from './sections.ts';
import type { TaggedSection } from './sections.ts';

/** A request to say which answered question has the same answer. */
export interface JudgeTask {
  readonly question: string;
  /** A new answer, where one is to be compared; else empty. */
  readonly answer: string;
  readonly candidates: readonly Candidate[];
}

interface Candidate {
  readonly asked: string;
  readonly given: string;
}

export interface SimulatedVerdict {
  /** From 1; null: none of them. */
  readonly same: number | null;
  /** False where it cannot be told. */
  readonly sure: boolean;
}

const UNSURE: SimulatedVerdict = { same: null, sure: false };

/** Reads such a request: cached answers in `<candidates>`, and a `<question>`. */
export function readJudged({ turns }: Prompt): JudgeTask | null {
  const user = turns.findLast(({ role }) => role === 'user')?.text ?? '';
  const sections = readSections(user);
  const list = sections.find(({ tag }) => tag === 'candidates');
  const question = bodyOf(sections, 'question');
  if (!list || question === '') return null;
  const candidates = readSections(list.body)
    .filter(({ tag }) => tag === 'candidate')
    .map(({ body }) => readSections(body))
    .map((parts) => ({ asked: bodyOf(parts, 'asked'), given: bodyOf(parts, 'given') }));
  return { question, answer: bodyOf(sections, 'new_answer'), candidates };
}

const bodyOf = (sections: readonly TaggedSection[], wanted: string): string =>
  unescapeMarkup(sections.find(({ tag }) => tag === wanted)?.body ?? '');

interface Case {
  readonly question: string;
  readonly fresh: Quote | null;
  readonly kept: readonly QuotedCandidate[];
}

interface QuotedCandidate {
  readonly asked: string;
  readonly quote: Quote;
}

/**
 * Judges by the documents that were seen before: answers quote them, so two questions have the same
 * answer when the same place of a document answers both. Without such a document, or when two of
 * them say different things, it cannot tell.
 */
export function judge(
  { question, answer, candidates }: JudgeTask,
  documents: readonly string[],
): SimulatedVerdict {
  const kept = candidates.map(({ asked, given }) => ({ asked, quote: toQuote(given) }));
  const one = { question, kept, fresh: answer === '' ? null : toQuote(answer) };
  const verdicts = documents.flatMap((document) => {
    const plain = toPlain(unescapeMarkup(document));
    const isTheirs = kept.some(({ quote }) => isQuotedIn(quote, plain));
    return isTheirs ? [judgeBy({ document, plain }, one)] : [];
  });
  const [first = UNSURE, ...others] = verdicts;
  const agree = others.every(({ same, sure }) => same === first.same && sure === first.sure);
  return agree ? first : UNSURE;
}

interface ReadDocument {
  readonly document: string;
  readonly plain: Plain;
}

function judgeBy(read: ReadDocument, one: Case): SimulatedVerdict {
  return one.fresh ? compare(read, one.fresh, one.kept) : search(read, one);
}

/** With a new answer: the kept one must say all that it says. */
function compare(
  { plain }: ReadDocument,
  fresh: Quote,
  kept: readonly QuotedCandidate[],
): SimulatedVerdict {
  if (!isKnown(fresh, plain)) return UNSURE;
  const known = kept.filter(({ quote }) => isKnown(quote, plain));
  const same = known.find(({ quote }) => tells(quote, fresh));
  return decide(same && kept.indexOf(same), known.length === kept.length);
}

/** All of the question stands in the answer found: less is a guess, and a guess is no verdict. */
const ENOUGH = 0.75;

/** Without one: the kept one must be from where the question itself is answered. */
function search({ document, plain }: ReadDocument, { question, kept }: Case): SimulatedVerdict {
  const answer = answerQuestion(question, document);
  // An answer not found here, one who knows more words might find.
  if (!answer.source) return UNSURE;
  const place = toPlain(answer.source.body);
  const there = kept.filter(({ quote }) => isQuotedIn(quote, place));
  const same = there.find((each) => serves(each, question, answer));
  // From the same place and yet another question: near misses are not for guessing.
  const isElsewhere = there.length === 0 && kept.every(({ quote }) => isKnown(quote, plain));
  return decide(same && kept.indexOf(same), isElsewhere && answer.confidence >= ENOUGH);
}

function decide(at: number | undefined, isNone: boolean): SimulatedVerdict {
  if (at !== undefined) return { same: at + 1, sure: true };
  return isNone ? { same: null, sure: true } : UNSURE;
}

/** From the document, or the plain statement that it has no answer. */
function isKnown(quote: Quote, plain: Plain): boolean {
  return isQuotedIn(quote, plain) || quote.plain === toPlain(NOT_ANSWERED);
}

function serves(
  { asked, quote }: QuotedCandidate,
  question: string,
  answer: ExtractedAnswer,
): boolean {
  if (!tells(quote, toQuote(answer.text))) return false;
  const { source, confidence } = answer;
  return isSameQuestion({ question, stored: asked, heading: source?.heading ?? '', confidence });
}
