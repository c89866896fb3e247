/** What is said around a question and changes nothing of it. Works on tokens in small letters. */

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const FILLERS = set(
  'hi hello hey dear ok okay so well and but also please kindly thanks guys everyone sir madam team sorry um uh oh',
);
const FILLER_PHRASES = [
  'good morning',
  'good afternoon',
  'good evening',
  'good day',
  'excuse me',
  'thank you',
  'hi there',
  'hello there',
  'hey there',
  'quick question',
  'just wondering',
  'help me',
  'help',
  'i think that',
  'i think',
  'i have a question',
  'i have question',
  'a quick question',
  'a question',
  'one question',
].map((phrase) => phrase.split(' '));

const QUESTION_WORDS = set(
  'what which who whom whose where when why how if whether is are was were do does did can could will would should may',
);
/** What may open the question that a request to speak is about. */
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

/** "Can you tell me", "please explain to us": how many tokens it takes; 0 where it is none. */
function requestToSpeak(tokens: readonly string[]): number {
  let at = 0;
  if (set('can could would will').has(tokens[at] ?? '')) {
    if (!set('you anyone someone somebody').has(tokens[at + 1] ?? '')) return 0;
    at += 2;
  }
  while (set('please kindly just maybe possibly').has(tokens[at] ?? '')) at += 1;
  if (!SPEAK.has(tokens[at] ?? '')) return 0;
  at += 1;
  while (TO_WHOM.has(tokens[at] ?? '')) at += 1;
  return at;
}

/** How many tokens at the front are a frame; 0 for none. */
function frame(tokens: readonly string[]): number {
  if (FILLERS.has(tokens[0] ?? '')) return 1;
  // The longer ones stand first.
  const filler = FILLER_PHRASES.find((phrase) => startsWith(tokens, phrase));
  if (filler) return filler.length;
  const wish = WISHES.filter((phrase) => startsWith(tokens, phrase)).sort(
    (a, b) => b.length - a.length,
  )[0];
  const length = wish?.length ?? requestToSpeak(tokens);
  // "Can you show my balance" keeps its verb: nothing is asked behind it.
  return length > 0 && ASKED.has(tokens[length] ?? '') ? length : 0;
}

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

const ASKERS = set('i you we one someone somebody people they');
const AUXILIARIES = set('do does can could should would might shall must');
const BEST = set('best easiest right proper simplest most correct quickest fastest');
const WAYS = set('way ways method methods step steps procedure procedures process');

/** One token for every way to ask how something is done. */
export const HOW_TO = 'HOWTO';

/** The question with its how-to frame as one token. */
export function withHowTo(tokens: readonly string[]): readonly string[] {
  const [first, second = '', third = ''] = tokens;
  if (first === 'how' && second === 'to') return [HOW_TO, ...tokens.slice(2)];
  if (first === 'how' && AUXILIARIES.has(second) && ASKERS.has(third))
    return [HOW_TO, ...skipGo(tokens.slice(3))];
  // What is left of "tell me how I can …".
  if (first === 'how' && ASKERS.has(second) && AUXILIARIES.has(third))
    return [HOW_TO, ...tokens.slice(3)];
  if (first !== 'what') return tokens;
  if (second === 'should' || second === 'can' || second === 'do' || second === 'could') {
    // "What can you do to …" asks what the other one can do.
    const isAsker =
      ASKERS.has(third) &&
      !(third === 'you' && second !== 'do') &&
      tokens[3] === 'do' &&
      tokens[4] === 'to';
    return isAsker ? [HOW_TO, ...tokens.slice(5)] : tokens;
  }
  return whatIsTheWay(tokens) ?? tokens;
}

/** "how do i go about changing" is left as it is: -ing stays. */
const skipGo = (tokens: readonly string[]): readonly string[] => tokens;

/** "what is the best way to", "what are the steps for" */
function whatIsTheWay(tokens: readonly string[]): readonly string[] | null {
  let at = 1;
  if (!set('is are').has(tokens[at] ?? '')) return null;
  at += 1;
  while (set('the some of a').has(tokens[at] ?? '') || BEST.has(tokens[at] ?? '')) at += 1;
  if (!WAYS.has(tokens[at] ?? '')) return null;
  at += 1;
  return tokens[at] === 'to' ? [HOW_TO, ...tokens.slice(at + 1)] : null;
}

export const opensQuestion = (token: string): boolean => QUESTION_WORDS.has(token);
