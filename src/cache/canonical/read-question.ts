import type { Question } from '../../call/cached.ts';
import { marksOf, plainCharacters } from './characters.ts';
import { writeOut } from './contractions.ts';
import { isWord } from './dictionary.ts';
import { withHowTo, withoutFrames } from './frames.ts';
import { kindOf } from './kind.ts';
import { uniteCompounds } from './spelling.ts';
import { normalWord, plainNumber, toTokens, type Token } from './tokens.ts';

/** A change of anything that makes a key is another version: what was learnt under it starts anew. */
export const KEY_VERSION = 'key-1';

/** About 512 tokens. Longer texts are no questions but documents. */
const MOST_CHARS = 2_000;

export type ReadQuestion = Pick<Question, 'canon' | 'kind'>;

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
  const key = isEnglish(words) ? englishKey(words) : words;
  if (key.length === 0) return { canon: null, kind: 'plain' };
  const marks = marksOf(plain);
  return { canon: key.join(' ') + (marks === '' ? '' : ` ${marks}`), kind: kindOf(words) };
}

/** Names that a small letter would make another word: US, WHO, IT. */
const AMBIGUOUS = new Set(
  'us who it is as or in am so he me my we no on do all can may an at be by if of to up go'.split(
    ' ',
  ),
);

/** Written out, in small letters; what only capitals tell apart keeps a mark. */
function toWords({ raw, opens }: Token): readonly string[] {
  const small = raw.toLowerCase();
  if (raw === 'A' && !opens) return ['A'];
  if (raw.length > 1 && raw === raw.toUpperCase() && AMBIGUOUS.has(small)) return [raw];
  return writeOut(plainNumber(small));
}

/** Half of the words are English ones, and nothing is written in another script. */
function isEnglish(words: readonly string[]): boolean {
  if (words.some((word) => /[^\p{Script=Latin}\p{Nd}\p{P}\p{S}\p{M}]/u.test(word))) return false;
  const known = words.filter((word) => /\d/.test(word) || isWord(word.toLowerCase()));
  return known.length * 2 >= words.length;
}

function englishKey(words: readonly string[]): readonly string[] {
  const asked = withHowTo(withoutFrames(uniteCompounds(words)));
  return withoutEmptyWords(withoutArticles(asked)).map(
    (word) => MERGED.get(word) ?? normalWord(word),
  );
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
const DROPPED = new Set([
  'please',
  'kindly',
  'thanks',
  'just',
  'actually',
  'basically',
  'exactly',
  'some',
]);
/** What is called by a single letter. */
const LETTERED = new Set(
  'vitamin plan option type class grade appendix section group hepatitis size tier level'.split(
    ' ',
  ),
);
/** "Is there any fee" asks for no more than "is there a fee"; "at any shop" is not "at the shop". */
const EMPTY_ANY_AFTER = new Set(['there', 'is', 'are', 'have', 'has']);

/** Without articles and fillers, but for those that carry the question. */
const withoutArticles = (words: readonly string[]): readonly string[] =>
  words.flatMap((word, at) => {
    if (ARTICLES.has(word)) return keptArticle(words, at);
    const place = { before: words[at - 1] ?? '', after: words[at + 1] ?? '' };
    return DROPPED.has(word) || isEmptyHere(word, place) ? [] : [word];
  });

/** Words that say something in one place and nothing in another. */
function isEmptyHere(word: string, { before, after }: { before: string; after: string }): boolean {
  if (word === 'any') return EMPTY_ANY_AFTER.has(before);
  if (word === 'there') return before !== 'is' && before !== 'are';
  return word === 'that' && after !== '' && after !== 'is' && after !== 'was';
}

function keptArticle(words: readonly string[], at: number): readonly string[] {
  const word = words[at] ?? '';
  const isLetter = at === words.length - 1 || LETTERED.has(words[at - 1] ?? '');
  if (word === 'a' && isLetter) return ['A'];
  return word === 'the' && at === 2 && WHAT_IS.test(words.slice(0, 2).join(' ')) ? [word] : [];
}

/** "What is an exchange rate" asks for a definition, "what are the exchange rates" for numbers. */
const WHAT_IS = /^what (?:is|are)$/;
