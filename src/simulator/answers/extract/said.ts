import type { Facts } from './facts.ts';

interface Cue {
  readonly field: RegExp;
  readonly said: RegExp;
  readonly denied?: RegExp;
}

/** Sentences that say something of a sort, by the words such sentences have. */
const CUES: readonly Cue[] = [
  {
    field: /action|todo|task|next_?step|follow/i,
    said: /\b(?:will|need(?:s)? to|must|please|todo|should|has to)\b/i,
  },
  {
    field: /decision|decided|agreed/i,
    said: /\b(?:decided|agreed|approved|decision|settled)\b/i,
    denied:
      /\b(?:no|without a?) (?:final )?decision\b|\bnot (?:yet )?(?:been )?(?:decided|agreed|approved|settled)\b|\bundecided\b/i,
  },
  { field: /question/i, said: /\?$/ },
  {
    field: /risk|issue|problem|concern/i,
    said: /\b(?:risk|issue|problem|concern|delay|broken|fail)/i,
  },
];
/** "Decision: …" says of what sort it is; the field says so too. */
const MARK =
  /^(?:[-*•‣–]\s+)?(?:(?:open )?(?:decision|question|action|risk|issue)s?|todo|agreed|decided)\s*:\s*/i;

export function findSaid(fieldName: string, { text }: Facts): string[] | undefined {
  const cue = CUES.find(({ field }) => field.test(fieldName));
  if (!cue) return undefined;
  const found = text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => cue.said.test(sentence) && cue.denied?.test(sentence) !== true);
  return found.length > 0 ? found.map((sentence) => sentence.replace(MARK, '')) : undefined;
}

/** How things are to be done: the sentence with the most words of order and limit. */
const WISH =
  /\b(?:only|please|needed|needs?|must|should|between|before|after|leave|ring|do not|don't|required)\b/gi;

export function findWishes(fieldName: string, facts: Facts): string | undefined {
  const about = facts.conceptsOf(fieldName.replace(/instructions?|notes?|wishes|requests?/gi, ''));
  const ranked = facts.sentences
    .filter(({ text }) => [...facts.conceptsOf(text)].some((concept) => about.has(concept)))
    .map(({ text }) => ({ text: text.trim(), wishes: text.match(WISH)?.length ?? 0 }))
    .sort((a, b) => b.wishes - a.wishes);
  const [best] = ranked;
  return best && best.wishes > 0 ? best.text : undefined;
}
