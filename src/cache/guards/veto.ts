import { antonyms } from './antonyms.ts';
import { names, unknownWords } from './names.ts';
import { negation, numbers, symbols } from './counts.ts';
import { order, permutation } from './order.ts';
import { questionType, questionWord } from './question-words.ts';
import { openingVerb, smallWords } from './small-words.ts';
import { normalizeQuestion, type NormalizedQuestion } from './normalize.ts';

/** A change of any guard is another version: what was learnt under it starts anew. */
export const GUARDS_VERSION = 'guards-2';

/** Why two near questions must not share an answer. */
export interface Veto {
  guard: 'num' | 'neg' | 'ant' | 'ent' | 'sym' | 'wh' | 'qt' | 'ord' | 'perm' | 'aux' | 'unknown';
  /** Text after "but". */
  why: string;
}

/** Says what differs, or nothing. */
type Guard = (asked: NormalizedQuestion, stored: NormalizedQuestion) => string | null;

/** For questions whose canonical keys are equal: what a key can lose. */
const CANONICAL: readonly (readonly [Veto['guard'], Guard])[] = [
  ['num', numbers],
  ['neg', negation],
  ['sym', symbols],
  ['ord', order],
  ['ant', antonyms],
];

const SIMILAR: typeof CANONICAL = [
  ...CANONICAL,
  ['ent', names],
  ['wh', questionWord],
  ['qt', questionType],
  ['perm', permutation],
  ['aux', smallWords],
  ['aux', openingVerb],
  ['unknown', unknownWords],
];

/**
 * A difference of two questions unseen by measures of similarity: the first guard that objects. A pure
 * function. It reads English; of other languages it sees numbers and signs.
 */
export function vetoOf(asked: string, stored: string, rules: 'canonical' | 'similar'): Veto | null {
  if (asked === stored) return null;
  const sides = [normalizeQuestion(asked), normalizeQuestion(stored)] as const;
  for (const [guard, objection] of rules === 'canonical' ? CANONICAL : SIMILAR) {
    const why = objection(...sides);
    if (why !== null) return { guard, why };
  }
  return null;
}
