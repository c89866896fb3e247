import type { Prompt } from '../validate-request.ts';
import { answerQuestion } from './answer.ts';
import { readSections, unescapeMarkup, type Section } from './sections.ts';
import { splitSentences } from './sentences.ts';

/** A request to say which answered question has the same answer. */
export interface Judged {
  readonly question: string;
  /** A new answer, where one is to be compared. */
  readonly answer: string;
  readonly candidates: readonly string[];
}

export interface Verdict {
  /** From 1; null: none of them. */
  readonly same: number | null;
  /** False where nothing is known that the answers could have been taken from. */
  readonly sure: boolean;
}

/** Reads such a request: kept answers in `<candidates>`, and a `<question>`. */
export function readJudged({ turns }: Prompt): Judged | null {
  const user = turns.findLast(({ role }) => role === 'user')?.text ?? '';
  const sections = readSections(user);
  const list = sections.find(({ tag }) => tag === 'candidates');
  const question = bodyOf(sections, 'question');
  if (!list || question === '') return null;
  const candidates = readSections(list.body)
    .filter(({ tag }) => tag === 'candidate')
    .map(({ body }) => bodyOf(readSections(body), 'given'));
  return { question, answer: bodyOf(sections, 'new_answer'), candidates };
}

const bodyOf = (sections: readonly Section[], wanted: string): string =>
  unescapeMarkup(sections.find(({ tag }) => tag === wanted)?.body ?? '');

/**
 * Answers the question from the document that the kept answers were quoted from, as far as that was
 * seen before: the candidate that says the same, or more, has the same answer.
 */
export function judge(
  { question, answer, candidates }: Judged,
  documents: readonly string[],
): Verdict {
  const document = documents.find((each) => candidates.some((given) => quotes(given, each)));
  if (document === undefined) return { same: null, sure: false };
  const answered = answerQuestion(question, document);
  // Without a passage of its own nothing that is kept can be its answer.
  if (!answered.found) return { same: null, sure: true };
  const wanted = [answered.text, answer].filter((text) => text !== '');
  const found = candidates.findIndex((given) => wanted.some((text) => says(given, text)));
  return { same: found < 0 ? null : found + 1, sure: true };
}

/** An answer may be shown without its end. */
const CUT = /…$/;

const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Whether an answer was taken from a text: its first sentence stands there. */
function quotes(given: string, document: string): boolean {
  const [first = ''] = splitSentences(plain(given.replace(CUT, '')));
  return first.length > 0 && plain(unescapeMarkup(document)).includes(first);
}

/** Whether an answer says all that another one does, as far as it is shown. */
function says(given: string, wanted: string): boolean {
  const said = plain(given.replace(CUT, ''));
  const text = plain(wanted);
  if (CUT.test(given) && text.startsWith(said)) return true;
  return splitSentences(text).every((sentence) => said.includes(sentence));
}
