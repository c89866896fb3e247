import { HOW_TO, withHowTo } from '../canonical/frames.ts';
import type { NormalizedQuestion } from './normalize.ts';

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Kinds of small words: who has one that the other has not asks something else. */
const KINDS: readonly (readonly [name: string, words: ReadonlySet<string>])[] = [
  ['what was', set('was were did had been')],
  ['what will be', set('will shall')],
  ['what one must', set('should must ought')],
  ['what is yours', set('your yours')],
  ['all of them', set('all every each everybody everyone')],
  ['any of them', set('any anybody anyone')],
  ['most of them', set('most')],
  ['few of them', set('few several')],
  ['both of them', set('both either')],
  ['only that', set('only solely exclusively')],
  ['more or less than that', set('than')],
  ['being enough', set('enough')],
  ['again', set('again')],
  ['one of them', set('one')],
];

/** "Is it open" is not "was it open", "can I" is not "should I", "all" is not "any". */
export function smallWords(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const has = ({ all }: NormalizedQuestion, words: ReadonlySet<string>): boolean =>
    all.some((word) => words.has(word));
  const kind = KINDS.find(([, words]) => has(asked, words) !== has(stored, words));
  if (isYourDoing(asked) !== isYourDoing(stored)) return 'one asks what you do';
  if (hasAFew(asked) !== hasAFew(stored)) return 'only one of them says "a few"';
  if (kind) return `only one of them is about ${kind[0]}`;
  return article(asked) === article(stored) ? null : 'only one of them asks for a definition';
}

/** "How do you verify me", not "how do I verify myself". */
const isYourDoing = ({ all }: NormalizedQuestion): boolean =>
  all[0] === 'how' && all[2] === 'you' && withHowTo(all)[0] !== HOW_TO;

/** "A few" are some, "few" are hardly any. */
const hasAFew = ({ all }: NormalizedQuestion): boolean =>
  all.some((word, at) => word === 'few' && all[at - 1] === 'a');

/** "What is an exchange rate" against "what are the exchange rates". */
function article({ all }: NormalizedQuestion): boolean | null {
  const [first, second, third = ''] = all;
  if (first !== 'what' || (second !== 'is' && second !== 'are')) return null;
  return third === 'the';
}

/** "Is" against "can" at the front: the same words in changed roles. */
export function openingVerb(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const [a = '', b = ''] = [asked.all[0], stored.all[0]];
  const isState = (word: string): boolean => /^(?:is|are|am)$/.test(word);
  const isAble = (word: string): boolean => /^(?:can|could|may)$/.test(word);
  const differs = (isState(a) && isAble(b)) || (isAble(a) && isState(b));
  return differs ? 'one asks what is and the other what can be' : null;
}
