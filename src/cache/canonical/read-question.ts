import type { ComparedQuestion } from '../../core/call/cache-lookup.ts';
import { marksOf, plainCharacters } from './characters.ts';
import { writeOut } from './contractions.ts';
import { isWord } from './dictionary.ts';
import { withHowTo, withoutFrames } from './frames.ts';
import { kindOf } from './kind.ts';
import { american, uniteCompounds, withoutTypo } from './spelling.ts';
import { singular } from './plurals.ts';
import { plainNumber, toTokens, type Token } from './tokens.ts';

/** A change of anything that makes a key is another version: what was learnt under it starts anew. */
export const KEY_VERSION = 'key-2';

/** About 512 tokens. Longer texts are no questions but documents. */
const MOST_CHARS = 2_000;

export type ReadQuestion = Pick<ComparedQuestion, 'canon' | 'kind'>;

/**
 * The canonical key of a question and what kind it is. Two questions with the same key are the same but
 * for form: greetings, politeness, contractions, articles, the plural, a wrong letter. Word order and
 * all other words stay. A pure function of the text; texts that are not English keep all their words.
 */
export function readQuestion(text: string): ReadQuestion {
  if (text.length > MOST_CHARS) return { canon: null, kind: 'long' };
  const plain = plainCharacters(text);
  const tokens = toTokens(plain);
  const words = tokens.flatMap(toWords);
  const key = isEnglish(words)
    ? englishKey(words)
    : tokens.map(({ raw }) => plainNumber(raw.toLowerCase()));
  if (key.length === 0) return { canon: null, kind: 'plain' };
  const marks = marksOf(plain).join('');
  return { canon: key.join(' ') + (marks === '' ? '' : ` ${marks}`), kind: kindOf(words) };
}

/** Names that a small letter would make another word: US, WHO, IT. */
const AMBIGUOUS = new Set(
  'us who it is as or in am so he me my we no on do all can may an at be by if of to up go aids add cat pet'.split(
    ' ',
  ),
);

/** Written out, in small letters, without typos; what only capitals tell apart keeps a mark. */
function toWords({ raw, opens }: Token): readonly string[] {
  const small = raw.toLowerCase();
  if (raw === 'A' && !opens) return ['A'];
  if (raw.length > 1 && raw === raw.toUpperCase() && AMBIGUOUS.has(small)) return [raw];
  // A capital inside a sentence: a name, which may be a letter off a word.
  if (!opens && raw !== small) return writeOut(small);
  return writeOut(plainNumber(withoutTypo(small)));
}

/** Half of the words are English ones, and nothing is written in another script. */
function isEnglish(words: readonly string[]): boolean {
  if (words.some((word) => /[^\p{Script=Latin}\p{Nd}\p{P}\p{S}\p{M}]/u.test(word))) return false;
  const known = words.filter((word) => /\d/.test(word) || isWord(word.toLowerCase()));
  return known.length * 2 >= words.length;
}

function englishKey(words: readonly string[]): readonly string[] {
  const asked = withHowTo(withWhat(withoutFrames(uniteCompounds(words))));
  return withoutEmptyWords(withoutArticles(asked)).map(
    (word) => MERGED.get(word) ?? singular(american(word)),
  );
}

/** "Which is" and "which one is" ask what is. */
function withWhat(words: readonly string[]): readonly string[] {
  if (words[0] !== 'which') return words;
  const at = words[1] === 'one' ? 2 : 1;
  return words[at] === 'is' || words[at] === 'are' ? ['what', ...words.slice(at)] : words;
}

/** "What rates do you use" and "what rates you use"; "has not arrived yet" and "has not arrived". */
function withoutEmptyWords(words: readonly string[]): readonly string[] {
  const isAsked = /^(?:what|which|how|why|where|when|who)$/.test(words[0] ?? '');
  const helper = isAsked ? words.findIndex((word) => word === 'do' || word === 'does') : -1;
  const isLast = (at: number): boolean =>
    at === words.length - 1 &&
    words.includes('not') &&
    /^(?:has|have)$/.test(words[words.indexOf('not') - 1] ?? '');
  return words.filter(
    (word, at) => (at !== helper || helper > 3) && !(word === 'yet' && isLast(at)),
  );
}

const MERGED = new Map([
  ['are', 'is'],
  ['am', 'is'],
  ['were', 'was'],
  ['does', 'do'],
  ['has', 'have'],
  ['me', 'i'],
  ['myself', 'i'],
  ['mine', 'my'],
]);

const ARTICLES = new Set(['a', 'an', 'the']);
const DROPPED = new Set(['please', 'kindly', 'thanks', 'just', 'actually', 'basically', 'exactly']);
/** Things named by a single letter. */
const LETTERED = new Set(
  'vitamin plan option type class grade appendix section group hepatitis size tier level'.split(
    ' ',
  ),
);
/** "Is there any fee" asks for no more than "is there a fee"; "at any shop" is not "at the shop". */
const EMPTY_ANY_AFTER = new Set(['there', 'is', 'are', 'have', 'has']);

/** "Do some cards" is not "do cards"; "I want some cards" is "I want cards". */
const ASKS = new Set('do does did is are was were can could will would should have has'.split(' '));
/** "A few" are some, "few" are hardly any. */
const KEPT_WITH_A = new Set(['few', 'little']);
/** After them comes what was said, or more on what was named: there "that" says nothing. */
const AFTER_EMPTY_THAT = new Set(
  'i you we they he she it my your our their his her the a an there this these those'.split(' '),
);

/** Without articles and fillers, but for those that carry the question. */
const withoutArticles = (words: readonly string[]): readonly string[] =>
  words.flatMap((word, at) => {
    if (word === 'us' && words[at - 1] === 'the') return ['US'];
    if (ARTICLES.has(word)) return keptArticle(words, at);
    const place = { before: words[at - 1] ?? '', after: words[at + 1] ?? '' };
    return isEmptyHere(word, place) ? [] : [word];
  });

/** Words that say something in one place and nothing in another. */
function isEmptyHere(word: string, { before, after }: { before: string; after: string }): boolean {
  if (word === 'any') return EMPTY_ANY_AFTER.has(before);
  if (word === 'some') return before !== '' && !ASKS.has(before);
  if (word === 'that') return AFTER_EMPTY_THAT.has(after);
  // "Exactly 5" is not "5".
  return DROPPED.has(word) && !/^\p{Nd}/u.test(after);
}

function keptArticle(words: readonly string[], at: number): readonly string[] {
  const word = words[at] ?? '';
  if (word === 'a') return keptA(words, at);
  return word === 'the' && at === 2 && WHAT_IS.test(words.slice(0, 2).join(' ')) ? [word] : [];
}

function keptA(words: readonly string[], at: number): readonly string[] {
  const after = words[at + 1];
  if (after === undefined || LETTERED.has(words[at - 1] ?? '')) return ['A'];
  return KEPT_WITH_A.has(after) ? ['a'] : [];
}

/** "What is an exchange rate" asks for a definition, "what are the exchange rates" for numbers. */
const WHAT_IS = /^what (?:is|are)$/;
