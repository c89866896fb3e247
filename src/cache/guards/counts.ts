import { marksOf } from '../canonical/characters.ts';
import { difference, type NormalizedQuestion } from './normalize.ts';

const NUMBER_WORDS = new Map(
  'zero:0 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 fourteen:14 fifteen:15 sixteen:16 seventeen:17 eighteen:18 nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70 eighty:80 ninety:90 hundred:100 thousand:1000 million:1000000 third:3 fourth:4 fifth:5 twice:2 thrice:3 double:2 triple:3 half:0.5 quarter:0.25 dozen:12 both:2'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

const numbersOf = ({ words }: NormalizedQuestion): string[] =>
  words.flatMap((word) => (/\p{Nd}/u.test(word) ? [word] : (NUMBER_WORDS.get(word) ?? [])));

/** Any number more or less is another question. */
export function numbers(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const [a, b] = difference(numbersOf(asked), numbersOf(stored));
  return a.length + b.length === 0 ? null : `their numbers differ (${[...a, ...b].join(', ')})`;
}

const NEGATORS = new Set(
  'not no never none nobody nothing neither nor without except unless hardly barely scarcely rarely seldom nowhere cannot stop stopped lack lacking fail failed unable minus'.split(
    ' ',
  ),
);

/** Counted, not looked for: "not … without" is not "not". */
export function negation(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const count = ({ words }: NormalizedQuestion): number =>
    words.filter((word) => NEGATORS.has(word)).length;
  return count(asked) === count(stored) ? null : 'one of them has a "not" more';
}

/** Other signs alone between spaces. */
const ALONE = /(?<=^|\s)[^\p{L}\p{Nd}\s.,;:!?'"()-]+(?=\s|$)/gu;

/** Signs are part of what is asked: x < 5, C#, 5 €. */
export function symbols(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const [a, b] = difference(signsOf(asked), signsOf(stored));
  return a.length + b.length === 0 ? null : `their signs differ (${[...a, ...b].join(' ')})`;
}

const signsOf = ({ plain }: NormalizedQuestion): string[] => [
  ...marksOf(plain),
  ...(plain.match(ALONE) ?? []),
];
