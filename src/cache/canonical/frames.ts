/** Phrases around a question that change nothing of it. Works on tokens in small letters. */

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const GREETINGS = set('hi hello hey dear greetings thanks morning afternoon evening day');
const FILLERS = set(
  'hi hello hey dear ok okay so well and but also please kindly thanks sorry um uh oh',
);
/** Somebody spoken to, after a greeting; "team plan" and "everyone can see" keep theirs. */
const ADDRESSED = set('there guys everyone everybody all sir madam team folks again');
const FILLER_PHRASES = [
  'good morning',
  'good afternoon',
  'good evening',
  'good day',
  'excuse me',
  'thank you',
  'quick question',
  'just wondering',
  'help me',
  'i think that',
  'i think',
  'i have a question',
  'i have question',
  'a quick question',
  'a question',
  'one question',
].map((phrase) => phrase.split(' '));

/** Openers of the question that a request to speak is about. */
const ASKED = set('what which who whom whose where when why how if whether');

const SPEAK = set('tell explain show help teach let give suggest describe advise inform clarify');
const TO_WHOM = set('me us know about to understand out with the please');

/** Phrases after which only the question itself stands, if a question word follows. */
const WISHES = [
  'i want to know',
  'i want to understand',
  'i want to find out',
  'i want to learn',
  'i need to know',
  'i need to find out',
  'i need to understand',
  'i would like to know',
  'i would like to find out',
  'i would like to understand',
  'i would love to know',
  'i am trying to find out',
  'i am trying to understand',
  'i am trying to know',
  'i am looking to know',
  'i am looking to find out',
  'i was wondering',
  'i am wondering',
  'i wonder',
  'i am curious about',
  'i am curious',
  'i was curious',
  'wondering',
  'i want to ask',
  'i would like to ask',
  'i wanted to ask',
  'i wanted to know',
  'may i ask',
  'can i ask',
  'could i ask',
  'i have to ask',
  'do you know',
  'does anyone know',
  'does anybody know',
  'do you happen to know',
  'any idea',
  'do you have any idea',
  'i do not know',
  'i need help with',
  'please tell',
  'let us know',
  'is it possible to know',
  'i need information on',
  'i need to ask',
].map((phrase) => phrase.split(' '));

const startsWith = (tokens: readonly string[], phrase: readonly string[]): boolean =>
  phrase.every((word, at) => tokens[at] === word);

const MAY_YOU = set('can could would will');
const SOMEBODY = set('you anyone someone somebody');
const SOFTLY = set('please kindly just maybe possibly');

/** "Can you tell me", "please explain to us": how many tokens it takes; 0 where it is none. */
function requestToSpeak(tokens: readonly string[]): number {
  const isAsked = MAY_YOU.has(tokens[0] ?? '');
  if (isAsked && !SOMEBODY.has(tokens[1] ?? '')) return 0;
  const at = skip(tokens, isAsked ? 2 : 0, SOFTLY);
  return SPEAK.has(tokens[at] ?? '') ? skip(tokens, at + 1, TO_WHOM) : 0;
}

/** The first place from there on that has none of the words. */
function skip(tokens: readonly string[], from: number, words: ReadonlySet<string>): number {
  let at = from;
  while (words.has(tokens[at] ?? '')) at += 1;
  return at;
}

/** "Help! I lost it" calls; "help center" is something. */
const AFTER_CALL = set(
  'i my the a an we our someone somebody there what how why where when please me can is does',
);

const isGreeting = (word: string, whom: string): boolean =>
  GREETINGS.has(word) && ADDRESSED.has(whom);

/** Count of tokens of a greeting or a filler at the front. */
function fillerLength([first = '', second = '', third = '']: readonly string[]): number {
  if (isGreeting(first, second)) return 2;
  if (first === 'good' && isGreeting(second, third)) return 3;
  if (first === 'help') return AFTER_CALL.has(second) ? 1 : 0;
  return FILLERS.has(first) ? 1 : 0;
}

/** Count of tokens of a frame at the front; 0: none. */
function frame(tokens: readonly string[]): number {
  const filling = fillerLength(tokens);
  if (filling > 0 && tokens[1] !== 'me') return filling;
  const filler = FILLER_PHRASES.find((phrase) => startsWith(tokens, phrase));
  if (filler) return filler.length;
  const wish = WISHES.filter((phrase) => startsWith(tokens, phrase)).sort(
    (a, b) => b.length - a.length,
  )[0];
  const length = wish?.length ?? requestToSpeak(tokens);
  return length > 0 && isQuestion(tokens, length) ? length : 0;
}

/**
 * Whether a question starts there. "Can you show my balance" keeps its verb: nothing is asked behind it.
 * "Let me know when it ships" asks for a message then, not for the time.
 */
const isQuestion = (tokens: readonly string[], at: number): boolean =>
  ASKED.has(tokens[at] ?? '') &&
  !(tokens[at] === 'when' && tokens[at - 1] === 'know' && tokens.slice(0, at).includes('let'));

const MOST_FRAMES = 6;
const ENDINGS = [
  'thank you so much',
  'thank you very much',
  'thank you in advance',
  'thanks in advance',
  'thanks a lot',
  'many thanks',
  'thank you',
  'thanks',
  'please',
  'kindly',
  'cheers',
  'asap',
].map((phrase) => phrase.split(' '));

/** The question without greetings, politeness and requests to be told. */
export function withoutFrames(tokens: readonly string[]): readonly string[] {
  let rest = tokens;
  for (let round = 0; round < MOST_FRAMES; round += 1) {
    const length = frame(rest);
    if (length === 0 || length >= rest.length) break;
    rest = rest.slice(length);
  }
  for (let round = 0; round < 3; round += 1) {
    const ending = ENDINGS.find((phrase) => startsWith(rest.slice(-phrase.length), phrase));
    if (!ending || ending.length >= rest.length) break;
    rest = rest.slice(0, -ending.length);
  }
  // "if I can …" and "whether I can …" are what is left of "I wonder if I can …".
  const [first] = rest;
  if ((first === 'if' || first === 'whether') && rest !== tokens) rest = asQuestion(rest.slice(1));
  return rest;
}

/** "i can change" -> "can i change": the order of a question that stands alone. */
function asQuestion(tokens: readonly string[]): readonly string[] {
  const [subject = '', verb = '', ...rest] = tokens;
  const subjects = set('i you we they it he she there');
  const verbs = set('can could will would should may is are am do does did have has');
  return subjects.has(subject) && verbs.has(verb)
    ? [verb, subject, ...rest]
    : ['whether', ...tokens];
}

const ASKERS = set('i you we one someone somebody people');
const AUXILIARIES = set('do does can could should would might shall must');
const BEFORE_WAY = set(
  'the some of a best easiest right proper simplest most correct quickest fastest',
);
const WAYS = set('way ways method methods step steps procedure procedures process');

/** One token for every way to ask how something is done. */
export const HOW_TO = 'HOWTO';

/** The question with its how-to frame as one token. */
export function withHowTo(tokens: readonly string[]): readonly string[] {
  const length = howToLength(tokens);
  return length === 0 || asksAboutYou(tokens.slice(0, length), tokens.slice(length))
    ? tokens
    : [HOW_TO, ...tokens.slice(length)];
}

const YOUR_OWN_DOING = set('charge determine decide handle protect');
const MINE = set('my me our us mine ours');

/** "How do you verify my identity" asks what the one who answers does. */
const asksAboutYou = (before: readonly string[], after: readonly string[]): boolean =>
  before.includes('you') &&
  (YOUR_OWN_DOING.has(after[0] ?? '') || after.some((word) => MINE.has(word)));

function howToLength(tokens: readonly string[]): number {
  if (tokens[0] === 'how') return howLength(tokens);
  return tokens[0] === 'what' ? whatToDoLength(tokens) || wayLength(tokens) : 0;
}

/** "how to", "how do I", and what is left of "tell me how I can". */
function howLength([, second = '', third = '']: readonly string[]): number {
  if (second === 'to') return 2;
  const isInOrder = AUXILIARIES.has(second) && ASKERS.has(third);
  return isInOrder || (ASKERS.has(second) && AUXILIARIES.has(third)) ? 3 : 0;
}

const WHAT_TO_DO =
  /^what (?:(?:should|can|could|do) (?:i|we|one|someone|people|they)|do you) do to /;

/** "what do I do to". "What can you do to" asks what the other one can do. */
const whatToDoLength = (tokens: readonly string[]): number =>
  WHAT_TO_DO.test(`${tokens.slice(0, 5).join(' ')} `) ? 5 : 0;

/** "what is the best way to", "what are the steps for" */
function wayLength(tokens: readonly string[]): number {
  if (tokens[1] !== 'is' && tokens[1] !== 'are') return 0;
  const at = skip(tokens, 2, BEFORE_WAY);
  return WAYS.has(tokens[at] ?? '') && tokens[at + 1] === 'to' ? at + 2 : 0;
}
