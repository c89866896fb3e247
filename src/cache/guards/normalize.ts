import { LRUCache } from 'lru-cache';
import { plainCharacters } from '../canonical/characters.ts';
import { writeOut } from '../canonical/contractions.ts';
import { withoutFrames } from '../canonical/frames.ts';
import { uniteCompounds, withoutTypo } from '../canonical/spelling.ts';
import { normalWord, plainNumber, STOP_WORDS, toTokens, type Token } from '../canonical/tokens.ts';

/** A question as guards look at it. */
export interface NormalizedQuestion {
  plain: string;
  /** As they were written. */
  tokens: readonly Token[];
  /** In small letters, written out, in one spelling, without what only frames the question. */
  words: readonly string[];
  /** The same, small words as they stand. */
  all: readonly string[];
  /** Those of them that say what it is about. */
  content: readonly string[];
  /** Those that were put right: it is not sure that they are what was meant. */
  mended: ReadonlySet<string>;
}

/** One question is compared with several. */
const remembered = new LRUCache<string, NormalizedQuestion>({ max: 500 });

export function normalizeQuestion(text: string): NormalizedQuestion {
  const known = remembered.get(text);
  if (known) return known;
  const plain = plainCharacters(text);
  const tokens = toTokens(plain);
  const written = tokens.flatMap(({ raw }, at) =>
    isCountry(raw, tokens[at - 1]?.raw) ? ['usa'] : writeOut(raw.toLowerCase()),
  );
  const asked = withoutFrames(uniteCompounds(written));
  const words = asked.map((word) => normalWord(plainNumber(word)));
  const side = {
    plain,
    tokens,
    words,
    all: asked,
    content: words.filter((word) => !STOP_WORDS.has(word)),
    mended: mendedAmong(asked),
  };
  remembered.set(text, side);
  return side;
}

const mendedAmong = (written: readonly string[]): ReadonlySet<string> =>
  new Set(written.filter((word) => withoutTypo(word) !== word).map((word) => normalWord(word)));

/** "To the us" is not "to us". */
const isCountry = (raw: string, before = ''): boolean =>
  raw === 'US' || (/^us$/i.test(raw) && /^the$/i.test(before));

/** Members that only one of the two has, each as often as it has it more. */
export function difference(
  a: readonly string[],
  b: readonly string[],
): readonly [onlyA: string[], onlyB: string[]] {
  const [restA, restB] = [[...a], [...b]];
  for (const each of a) {
    const at = restB.indexOf(each);
    if (at < 0) continue;
    restB.splice(at, 1);
    restA.splice(restA.indexOf(each), 1);
  }
  return [restA, restB];
}
