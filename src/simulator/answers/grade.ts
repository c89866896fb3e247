import { isObject } from '../json.ts';
import type { Prompt } from '../validate-request.ts';
import { toPlain } from './judge-quotes.ts';
import { readSections, unescapeMarkup } from './sections.ts';
import { splitSentences } from './sentences.ts';
import { toConcepts } from './words.ts';

/** A request to say how far an answer meets a criterion. */
export interface ToGrade {
  readonly answer: string;
  readonly criterion: string;
}

export interface Grade {
  /** 0 to 1. */
  readonly score: number;
  readonly reason: string;
}

/** Reads such a request: an `<answer>` and a `<criterion>`, and a score is wanted. */
export function readToGrade({ turns, schema }: Prompt): ToGrade | null {
  const user = turns.findLast(({ role }) => role === 'user')?.text ?? '';
  const sections = readSections(user);
  const bodyOf = (wanted: string): string | null => {
    const found = sections.find(({ tag }) => tag === wanted);
    return found ? unescapeMarkup(found.body) : null;
  };
  const [answer, criterion] = [bodyOf('answer'), bodyOf('criterion')];
  const wantsScore = isObject(schema?.['properties']) && 'score' in schema['properties'];
  return answer === null || criterion === null || !wantsScore ? null : { answer, criterion };
}

/** One thing that the criterion wants to be there, or not to be. */
interface Demand {
  readonly name: string;
  readonly isMet: boolean;
}

/**
 * Grades by the words of the criterion alone: what it quotes, its figures and what else it speaks of must
 * occur in the answer. Where it says that something must not be said, the opposite.
 */
export function gradeAnswer({ answer, criterion }: ToGrade): Grade {
  const seen = readAnswer(answer);
  const demands = splitSentences(criterion).flatMap((sentence) => demandsOf(sentence, seen));
  const unmet = demands.filter(({ isMet }) => !isMet).map(({ name }) => name);
  if (demands.length === 0)
    return {
      score: answer.trim() === '' ? 0 : 1,
      reason: 'The criterion names nothing to look for.',
    };
  const score = Math.round((1 - unmet.length / demands.length) * 100) / 100;
  const reason =
    unmet.length === 0
      ? 'All that the criterion speaks of is as it wants.'
      : `Not as the criterion wants: ${unmet.slice(0, 5).join(', ')}.`;
  return { score, reason };
}

interface SeenText {
  /** Its words, for phrases. */
  readonly plain: string;
  readonly concepts: ReadonlySet<string>;
  readonly figures: ReadonlySet<string>;
}

const readAnswer = (answer: string): SeenText => ({
  plain: toPlain(answer),
  concepts: new Set(conceptsOf(answer)),
  figures: new Set(readFigures(answer)),
});

/** Figures are looked at by themselves: in a phrase like 30 days, which number it is would be lost. */
const conceptsOf = (text: string): string[] => toConcepts(text.replace(/\d\S*/g, ' '));

/** 1,500 and 1500 are one figure. */
const readFigures = (text: string): string[] =>
  (text.match(/\d+(?:[.,:]\d+)*/g) ?? []).map((figure) => figure.replaceAll(',', ''));

const QUOTED = /["“]([^"“”]+)["”]/g;

/** Words of criteria on the answer itself. */
const ABOUT_ANSWERS = new Set(
  toConcepts(
    'answer reply response summary text say says mention mentions state states name names tell tells give gives contain contains include includes explain explains list lists make makes clear correct correctly exactly must should criterion asker reader customer sentence word phrase figure fact',
  ),
);

const FORBIDS =
  /\b(?:(?:does|do|must|should|may|shall) not|never|without) (?:say|mention|stat|nam|claim|promis|invent|contain|includ|giv|add|tell|apologi[sz]|repeat)(?:e|s|es|ing)?\b|\bnothing (?:of|about)\b/i;

function demandsOf(sentence: string, { plain, concepts, figures }: SeenText): Demand[] {
  const isWanted = !FORBIDS.test(sentence);
  const phrases = [...sentence.matchAll(QUOTED)].map(([, phrase = '']) => phrase);
  const rest = sentence.replace(QUOTED, ' ');
  const demand = (name: string, isThere: boolean): Demand => ({
    name,
    isMet: isThere === isWanted,
  });
  const quoted = phrases.map((each) => demand(`"${each}"`, plain.includes(toPlain(each))));
  // Of what must not be said it is the quoted phrases that count, where there are any.
  if (!isWanted && phrases.length > 0) return quoted;
  const words = new Set(conceptsOf(rest));
  return [
    ...quoted,
    ...[...new Set(readFigures(rest))].map((each) => demand(each, figures.has(each))),
    ...[...words]
      .filter((word) => !ABOUT_ANSWERS.has(word))
      .map((word) => demand(word, concepts.has(word))),
  ];
}
