import { difference, type NormalizedQuestion } from './normalize.ts';

/** Words whose two sides are not the same the other way round. */
const RELATIONS = new Set(
  'to from than versus vs over into between or by for before after against with under above below via onto without'.split(
    ' ',
  ),
);

/** The same words, with those around a relation word swapped. */
export function order(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  if (!sameContent(asked, stored)) return null;
  const around = pairsAround(stored);
  for (const [left, relation, right] of pairsAround(asked)) {
    const isSwapped = around.some(
      ([otherLeft, other, otherRight]) =>
        other === relation && otherLeft === right && otherRight === left && left !== right,
    );
    if (isSwapped) return `"${left} ${relation} ${right}" is the other way round`;
  }
  return directions(asked) === directions(stored) ? null : 'they go in different directions';
}

/** The nearest content words before and after each relation word. */
function pairsAround({ words, content }: NormalizedQuestion): [string, string, string][] {
  const isContent = new Set(content);
  return words.flatMap((word, at): [string, string, string][] => {
    if (!RELATIONS.has(word)) return [];
    const left = words.slice(0, at).findLast((each) => isContent.has(each));
    const right = words.slice(at + 1).find((each) => isContent.has(each));
    return left === undefined || right === undefined ? [] : [[left, word, right]];
  });
}

/** "how to change", "need to": a verb follows, no direction. */
const BEFORE_VERB = new Set(
  'how do want need like try trying able way step method have going possible supposed where what'.split(
    ' ',
  ),
);

/** Each of "from", "to" … with its next word. */
function directions({ words, content }: NormalizedQuestion): string {
  const isContent = new Set(content);
  return words
    .flatMap((word, at) => {
      if (
        word !== 'from' &&
        word !== 'to' &&
        word !== 'than' &&
        word !== 'before' &&
        word !== 'after'
      )
        return [];
      if (word === 'to' && BEFORE_VERB.has(words[at - 1] ?? '')) return [];
      const next = words.slice(at + 1).find((each) => isContent.has(each));
      return next === undefined ? [] : [`${word} ${next}`];
    })
    .sort()
    .join(', ');
}

const sameContent = (asked: NormalizedQuestion, stored: NormalizedQuestion): boolean => {
  const [a, b] = difference(asked.content, stored.content);
  return a.length + b.length === 0;
};

/** The same words in any other order. */
export function permutation(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  if (!sameContent(asked, stored)) return null;
  return asked.content.join(' ') === stored.content.join(' ')
    ? null
    : 'it has the same words in another order';
}
