import type { Question } from '../../call/cached.ts';

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Points at something outside, whatever stands before it. */
const POINTERS = set('these those above below attached following aforementioned previous this');
const PRONOUNS = set('it they them');
/** What a "this" is about is said with it. */
const THIS_IS_KNOWN = set(
  'service company site website app shop store bank card account month week year',
);
const NOUN_LEADS = set('a an the my your our his her their some any another one two');
const NOT_NOUNS = set(
  'is are was were do does did can could will would should may to of in on at for and or i you we',
);

const NOW = set('today tonight tomorrow yesterday now currently latest nowadays recent recently');
/** One's own things, whose state changes while nobody looks. */
const OWN_STATE = set(
  'order parcel package delivery refund payment balance transfer shipment booking ticket subscription invoice statement',
);
const STATE_OPENERS = [
  'where is my',
  'where are my',
  'what is my',
  'has my',
  'have my',
  'did my',
  'when will my',
  'what is status of my',
  'what is the status of my',
  'how much is my',
  'how much do i have',
  'how much do i owe',
  'track my',
].map((phrase) => phrase.split(' '));

/** What kind of question the words of a text are. @param words in small letters, written out */
export function kindOf(words: readonly string[]): Exclude<Question['kind'], 'long'> {
  if (
    words.some((word) => NOW.has(word)) ||
    /\b(?:current|this) (?:week|month|year|price|rate|status)\b/.test(words.join(' '))
  )
    return 'time_bound';
  if (asksOwnState(words)) return 'time_bound';
  return points(words) ? 'pointing' : 'plain';
}

const asksOwnState = (words: readonly string[]): boolean =>
  STATE_OPENERS.some((phrase) => {
    const start = words.findIndex((_, at) =>
      phrase.every((word, offset) => words[at + offset] === word),
    );
    return (
      start >= 0 &&
      words
        .slice(start + phrase.length, start + phrase.length + 2)
        .some((word) => OWN_STATE.has(word))
    );
  });

/** Whether something is meant that is not named in the text itself. */
function points(words: readonly string[]): boolean {
  return words.some((word, at) => {
    if (word === 'this') return !THIS_IS_KNOWN.has(words[at + 1] ?? '');
    if (word === 'that') return isStandingThat(words, at);
    if (POINTERS.has(word)) return true;
    return PRONOUNS.has(word) && !hasAntecedent(words.slice(0, at)) && !isEmptyIt(words, at);
  });
}

/** "is that possible", "what is that": not the conjunction, nor "the card that I lost". */
const isStandingThat = (words: readonly string[], at: number): boolean => {
  const next = words[at + 1];
  return (
    next === undefined ||
    (/^(?:is|was|can|will|mean|means|possible|right|correct)$/.test(next) && at < 3)
  );
};

/** "is it possible to", "does it take": nothing is meant by it. */
const isEmptyIt = (words: readonly string[], at: number): boolean => {
  if (words[at] !== 'it') return false;
  const [before = '', after = ''] = [words[at - 1], words[at + 1]];
  if (
    /^(?:possible|okay|ok|safe|necessary|normal|legal|allowed|true|free|better|easy|hard|too)$/.test(
      after,
    )
  )
    return true;
  return (
    (before === 'does' || before === 'will' || before === 'do') &&
    /^(?:take|cost|matter)$/.test(after)
  );
};

/** Something was named before: an article or the like, and then a word that can be a thing. */
const hasAntecedent = (before: readonly string[]): boolean =>
  before.some((word, at) => NOUN_LEADS.has(word) && !NOT_NOUNS.has(before[at + 1] ?? 'is'));
