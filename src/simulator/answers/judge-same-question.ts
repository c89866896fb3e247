import { toConcepts } from './words.ts';

/** Small words that turn a question round, which the search for its answer does without. */
const CUES: readonly (readonly [cue: string, words: RegExp])[] = [
  ['not', /\b(?:not|never|no|without|none|nor|cannot)\b|n't\b/],
  ['before', /\b(?:before|until|till|prior to)\b/],
  ['after', /\b(?:after|since|later)\b/],
  ['only', /\bonly\b/],
  [
    'limit',
    /\b(?:i|we|you) have (?:left )?to\b|\bat (?:the )?(?:latest|most|least)\b|\bdeadline\b/,
  ],
  ['many', /\b(?:both|several|more than|less than|two|three|four|five|twice)\b/],
  // Getting mails is not stopping them, and having an address is not changing it.
  ['end', /\b(?:stop|cancel(?:led|ling)?|end|close|delete|remove|refuse|disable|turn off)\b/],
  ['change', /\b(?:change|update|edit|correct|switch|replace)\b/],
];
/** Topics an answer must have if they are asked for, though they do no harm where not. */
const WANTED: readonly RegExp[] = [/\bwhere\b/, /\bwho\b/, /\bpay(?:ing)? for\b/];
const NUMBER = /\d[\d.,]*/g;
/** The share of a heading that a question must be about to be what the heading says. */
const HALF = 0.5;
/** From here on the best entry is well ahead of the next. */
const CLEARLY = 0.85;

interface QuestionPair {
  readonly question: string;
  /** An earlier question that got the same entry as its answer. */
  readonly stored: string;
  /** Name of that entry. */
  readonly heading: string;
  readonly confidence: number;
}

/**
 * Whether a question really is the one its entry was quoted for: it has the meaning of the stored
 * one, or the entry's heading says all of it and no other entry comes near. Finding the same entry
 * is not enough, because a question that no entry answers finds one too.
 */
export function isSameQuestion({ question, stored, heading, confidence }: QuestionPair): boolean {
  const cues = readCues(question);
  if (!isEqual(cues, readCues(stored)) && !isEqual(cues, readCues(heading))) return false;
  if (!isAllWanted(question, `${stored} ${heading}`)) return false;
  const asked = new Set(toConcepts(question));
  if (asked.size === 0) return false;
  if (isEqual(asked, new Set(toConcepts(stored)))) return true;
  const named = new Set(toConcepts(heading));
  return confidence >= CLEARLY && isWithin(asked, named) && asked.size >= HALF * named.size;
}

function readCues(question: string): Set<string> {
  const plain = question.toLowerCase().replaceAll('’', "'");
  const cues = CUES.filter(([, words]) => words.test(plain)).map(([cue]) => cue);
  // "Send it back" is a return already; "the fee back" is one that no word says.
  const isBack = /\bback\b/.test(plain) && !toConcepts(plain).includes('return');
  return new Set([...cues, ...(isBack ? ['back'] : []), ...(plain.match(NUMBER) ?? [])]);
}

function isAllWanted(question: string, known: string): boolean {
  const [asked, said] = [question.toLowerCase(), known.toLowerCase()];
  return WANTED.every((words) => !words.test(asked) || words.test(said));
}

function isWithin(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((each) => whole.has(each));
}

function isEqual(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && isWithin(one, other);
}
