import type { ComparedQuestion } from '../../core/call/cache-lookup.ts';
import { isOfItsTime } from './of-its-time.ts';
import { STOP_WORDS } from './tokens.ts';

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Kind of question of the words of a text. @param words in small letters, written out */
export function kindOf(words: readonly string[]): Exclude<ComparedQuestion['kind'], 'long'> {
  if (isOfItsTime(words)) return 'time_bound';
  return saysNothingItself(words) || points(words) ? 'pointing' : 'plain';
}

/** "More", "go on", "in short": said about the answer before. */
const TURNS = set(
  'continue more next again repeat retry go on elaborate further sure right agreed correct yep nope yeah yup else same another other previous instead done shorter longer really explain example examples one ones',
);

/** "Why?", "how much", "tell me more": what is meant stands before. "Who are you" is a question. */
function saysNothingItself(words: readonly string[]): boolean {
  if (words.length > 2 && words.includes('you')) return false;
  return words.every(
    (word) => word !== 'A' && (STOP_WORDS.has(word) || TURNS.has(word) || word === 'tell'),
  );
}

/** Points at something outside, whatever stands before it. */
const POINTERS = set('these those attached following aforementioned previous here latter former');
const PRONOUNS = set('it its itself they them their theirs he him she her hers');
/** Nouns that say what a "this" is about. */
const THIS_IS_KNOWN = set(
  'service company site website app shop store bank card account platform product',
);
const NOUN_LEADS = set('a an the my your our his her their some any another one two no every each');
const NOT_NOUNS = set(
  'is are was were do does did can could will would should may to of in on at for and or i you we it',
);

/** Whether something is meant that is not named in the text itself. */
const points = (words: readonly string[]): boolean =>
  asksOnward(words) || worksOnText(words) || words.some((_, at) => pointsAt(words, at));

/** Words that point, and when. */
const POINTS = new Map<string, (words: readonly string[], at: number) => boolean>([
  ['this', (words, at) => !THIS_IS_KNOWN.has(words[at + 1] ?? '')],
  ['that', isStandingThat],
  ['there', isThatPlace],
  ['above', isPlaceInText],
  ['below', isPlaceInText],
  ['one', isLastOne],
  ['ones', isLastOne],
]);

function pointsAt(words: readonly string[], at: number): boolean {
  const word = words[at] ?? '';
  if (POINTERS.has(word)) return true;
  if (PRONOUNS.has(word)) return !hasAntecedent(words.slice(0, at)) && !isEmptyIt(words, at);
  return POINTS.get(word)?.(words, at) ?? false;
}

/** "Where can I get one?" */
function isLastOne(words: readonly string[], at: number): boolean {
  return at === words.length - 1 && !hasAntecedent(words.slice(0, at));
}

/** "What about the card", "anything else": the question itself was asked before. "Near me": where? */
const asksOnward = (words: readonly string[]): boolean =>
  /^(?:(?:and|so|ok|but) )*(?:what|how) about\b|\b(?:what|anything|something|nothing) else\b|\b(?:the|do|did) same$|\bthe other one\b|\b(?:near|around|nearest to|close to|closest to) (?:me|us)\b/.test(
    words.join(' '),
  );

/** "Summarize the text": the text is another one. */
const worksOnText = (words: readonly string[]): boolean =>
  /\b(?:summari[sz]e|translate|rewrite|rephrase|paraphrase|proofread|shorten|fix|review|analy[sz]e|correct|read|explain) (?:the|my) (?:\w+ )?(?:text|document|file|article|image|picture|email|e mail|attachment|code|message|conversation|paragraph|sentence|essay|passage|function|error|pdf|page|answer)\b/.test(
    words.join(' '),
  );

/** After them stands a thing, not what was said. */
const BEFORE_THING = set(
  `is are was were do does did can could will would should has have had may in on at of for from to with by about
   into like than and or but if when because not cancel change use get see do fix open close send pay buy take make
   have want need return track stop start delete remove add update find keep give show explain understand mean say
   repeat undo try why how where what`,
);
/** After "that" they say more on what was named, or what is said. */
const SAYS_MORE = set(
  'i you we they he she it my your our their his her the a an there these those not no some all',
);

/** "Is that possible", "cancel that order": not the conjunction, nor "the card that I lost". */
function isStandingThat(words: readonly string[], at: number): boolean {
  const [before, after] = [words[at - 1], words[at + 1]];
  if (after === undefined) return true;
  if (SAYS_MORE.has(after)) return false;
  return before === undefined || BEFORE_THING.has(before);
}

const BEING = set('is are was were be been being will would has have had should can could may');
const NOT_PLACE = set('hi hello hey dear is are was were if whether not still');

/** "How do I get there", not "there is a fee" or "hi there". */
function isThatPlace(words: readonly string[], at: number): boolean {
  return !NOT_PLACE.has(words[at - 1] ?? '') && !BEING.has(words[at + 1] ?? '');
}

/** "The text above", "see below", not "above 18" or "below the limit". */
function isPlaceInText(words: readonly string[], at: number): boolean {
  return !IS_MEASURE.test(words[at + 1] ?? '');
}
const IS_MEASURE = /^(?:\p{Nd}.*|a|an|the|my|your|our|zero|average|freezing|sea|minimum|what)$/u;

/** "Is it possible to", "does it take … to", "it is safe if": nothing is meant by it. */
const EMPTY_IT =
  /^(?:is |was |be )?(?:possible|okay|ok|safe|necessary|normal|legal|illegal|allowed|true|free|better|best|easy|hard|difficult|too|worth|important|required|take|takes|cost|costs|matter|matters|like|mean|means|seem|seems|look|looks)(?: \S+){0,3} (?:to|that|if|for|when|until|till|before|using|having|like)\b/;

const isEmptyIt = (words: readonly string[], at: number): boolean =>
  words[at] === 'it' && EMPTY_IT.test(words.slice(at + 1, at + 8).join(' '));

/** Something was named before: an article or the like, and then a word that can be a thing. */
const hasAntecedent = (before: readonly string[]): boolean =>
  before.some((word, at) => NOUN_LEADS.has(word) && !NOT_NOUNS.has(before[at + 1] ?? 'is'));
