const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));
const phrases = (texts: readonly string[]): readonly (readonly string[])[] =>
  texts.map((text) => text.split(' '));

const NOW = set(
  'today todays tonight tomorrow yesterday now currently latest newest nowadays recent presently upcoming weather forecast',
);
/** Of them the time is said by what stands around. */
const NOW_PHRASES =
  /\b(?:at the moment|at present|so far|right away today|these days|as of|up to date|until now|by now|what (?:time|day|date|year|month) is it|what is the (?:time|date|weather|temperature|score)$)|\b(?:this|next|last|past|coming) (?:second|minute|hour|morning|afternoon|evening|night|weekend|week|month|quarter|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|\bcurrent (?!accounts?\b)|\bcurrent$/;
/** Values that change by the minute, when asked for. */
const LIVE =
  /^(?:.* )?(?:what|how much) (?:is|are) (?:the|your) (?:\S+ ){0,2}(?:exchange rates?|stock price|share price)$|\b(?:price|rate|value) of (?:bitcoin|ethereum|gold|silver|oil|gas)\b|\b(?:bitcoin|ethereum|gold|silver|oil) price\b/;

/** One's own things, whose state changes while nobody looks. */
const OWN_STATE = set(
  'order parcel package delivery refund payment balance transfer shipment booking ticket subscription invoice statement points score status application claim appointment deposit',
);
const STATE_OPENERS = phrases([
  'where is my',
  'where are my',
  'what is my',
  'when will my',
  'when does my',
  'when will i get my',
  'when will i receive my',
  'when do i get my',
  'when do i receive my',
  'what happened to my',
  'how much is my',
  'status of my',
  'show my',
  'show me my',
]);
/** Of whatever comes after them: has it, or has it not, by now? */
const STATE_OF_ALL = phrases([
  'has my',
  'have my',
  'did my',
  'how much do i have',
  'how much do i owe',
  'how much money do i have',
  'how many points do i have',
  'do i have any points',
  'do i have any money',
  'do i have any messages',
]);
/** "If my top-up has been cancelled", "is my order ready". */
const STATE_INSIDE =
  /\b(?:if|whether) my (?:\S+ ){1,3}(?:has|have|was|were|did)\b|^(?:.* )?(?:is|are) my (?:\S+ ){1,2}(?:ready|shipped|sent|delivered|here|approved|late|delayed|complete|completed|processed|active|blocked|on (?:the|its) way)$|^(?:please )?track my\b/;
/** Questions alike every day, for everybody. */
const HOW_OR_WHY = /\bwhy\b|\bhow (?:to|do|can|could|should|would) /;

/** Whether yesterday's answer may be wrong today. @param words in small letters, written out */
export function isOfItsTime(words: readonly string[]): boolean {
  if (words.some((word) => NOW.has(word))) return true;
  const text = words.join(' ');
  if (NOW_PHRASES.test(text) || LIVE.test(text) || STATE_INSIDE.test(text)) return true;
  // "How do I track my order" is the same every day. "What changed recently" is not.
  if (/\brecently\b/.test(text) && !/\bi (?:have |had |just )?recently\b/.test(text)) return true;
  return !HOW_OR_WHY.test(text) && asksOwnState(words);
}

const asksOwnState = (words: readonly string[]): boolean =>
  STATE_OF_ALL.some((phrase) => endOf(words, phrase) > 0) ||
  STATE_OPENERS.some((phrase) => {
    const end = endOf(words, phrase);
    return end > 0 && words.slice(end, end + 3).some((word) => OWN_STATE.has(word));
  });

/** The place after a phrase; 0 where it does not stand. */
function endOf(words: readonly string[], phrase: readonly string[]): number {
  const start = words.findIndex((_, at) => phrase.every((word, by) => words[at + by] === word));
  return start < 0 ? 0 : start + phrase.length;
}
