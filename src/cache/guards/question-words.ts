import type { NormalizedQuestion } from './normalize.ts';

const HARD = new Set([
  'why',
  'when',
  'where',
  'who',
  'whose',
  'how many',
  'how much',
  'how long',
  'how often',
  'how old',
  'how far',
]);
const MEASURES = new Set('many much long often old far soon fast big'.split(' '));
const WORDS = new Set('what which who whom whose where when why how'.split(' '));

/** Object of the question: its first question word, "how" with its measure. */
function askedFor({ words }: NormalizedQuestion): string | null {
  const at = words.findIndex((word) => WORDS.has(word));
  const word = words[at];
  if (word === undefined) return null;
  const next = words[at + 1] ?? '';
  if (word === 'how' && MEASURES.has(next)) return `how ${next}`;
  return word === 'whom' ? 'who' : word;
}

/** Why is not when. What and how may ask for the same, what and how many as well. */
export function questionWord(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const [a, b] = [askedFor(asked), askedFor(stored)];
  if (a === null || b === null || a === b) return null;
  if (!HARD.has(a) && !HARD.has(b)) return null;
  const soft = [a, b].find((word) => !HARD.has(word));
  const measured = [a, b].find((word) => word.startsWith('how ') && word !== 'how');
  if ((soft === 'what' || soft === 'which') && measured !== undefined) return null;
  return `one asks "${a}" and the other "${b}"`;
}

const YES_NO =
  /^(?:is|are|am|was|were|do|does|did|can|could|will|would|should|may|has|have|had|shall|must)$/;
const TELL =
  /^(?:(?:can|could|would|will) (?:you|anyone|someone) (?:please )?(?:tell|explain|show|help|give|let)|do you know|does anyone know)/;

/** A question for yes or no is not one for a thing. */
export function questionType(asked: NormalizedQuestion, stored: NormalizedQuestion): string | null {
  const isYesNo = ({ words }: NormalizedQuestion): boolean =>
    YES_NO.test(words[0] ?? '') && !TELL.test(words.slice(0, 5).join(' '));
  const isOpen = ({ words }: NormalizedQuestion): boolean => WORDS.has(words[0] ?? '');
  const differs = (isYesNo(asked) && isOpen(stored)) || (isOpen(asked) && isYesNo(stored));
  return differs ? 'only one of them is answered by yes or no' : null;
}
