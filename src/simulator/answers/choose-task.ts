import type { AnswerRequest } from './answer-request.ts';
import { extractTask } from './extract-task.ts';
import { answerTask, classifyTask, rewriteTask, summarizeTask } from './tasks.ts';
import type { AnswerTask } from './tasks.ts';

interface Clue {
  readonly task: AnswerTask;
  /** Sections that settle it. */
  readonly settling: readonly string[];
  /** Sections that suggest it, unless the fields say otherwise. */
  readonly suggesting: readonly string[];
  /** The field this task is about, and those that go with it. */
  readonly mainField: RegExp;
  readonly otherFields: RegExp;
  /** Words said about such a job. */
  readonly words: RegExp;
}

/** From the surest clue to the faintest. */
const CLUES: readonly Clue[] = [
  {
    task: classifyTask,
    settling: ['labels'],
    suggesting: [],
    mainField: /^(?:labels?|category|categories|sentiment|intent|class|classification)$/i,
    otherFields: /confidence|score|reason|explanation|rationale|tone|urgency|priority|language/i,
    words: /\b(?:classif|categori[sz]|label\b|sentiment|which (?:category|label))/i,
  },
  {
    task: answerTask,
    settling: ['question', 'query'],
    suggesting: [],
    mainField: /^(?:answer|answered|found)$/i,
    otherFields: /confidence|score|source|citation|reference|evidence|quote/i,
    words: /\banswer\b/i,
  },
  {
    task: rewriteTask,
    settling: ['tone'],
    suggesting: ['instruction'],
    mainField: /^(?:text|rewritten\w*|rewrite|revised\w*|result|output|content)$/i,
    otherFields: /change|edit|note|words/i,
    words:
      /\b(?:rewrit|rephras|reword|proofread|polish|shorten|make (?:it|this|the)|more (?:formal|friendly|polite)|turn (?:it|this|the)|bullet|(?:upper|lower) ?case|convert|correct|fix)/i,
  },
  {
    task: summarizeTask,
    settling: ['style', 'max_words'],
    suggesting: [],
    mainField: /^(?:summary|headline|bullets|key_?points|highlights|tl_?dr|abstract)$/i,
    otherFields: /title|keyword|topic|tag|words|bullets|points|headline/i,
    words: /\b(?:summar|headline|key points|tl;?dr|digest|in (?:one|two|three|\d+) sentences?)/i,
  },
];

const EXTRACTING = /\b(?:extract|pull out|fill in|parse|structured data)/i;

/** Chooses the task of a request by its sections, its schema's fields and its words. */
export function chooseTask(ask: AnswerRequest, fields: readonly string[]): AnswerTask {
  const settled = CLUES.find(({ settling }) => settling.some((tag) => ask.tags.has(tag)));
  if (settled) return settled.task;
  if (fields.length === 0) return chooseByWords(ask);
  return CLUES.find((clue) => fits(clue, fields))?.task ?? extractTask;
}

function chooseByWords(ask: AnswerRequest): AnswerTask {
  const said = `${ask.instruction}\n${ask.briefing}`;
  const suggested = CLUES.find(({ suggesting }) => suggesting.some((tag) => ask.tags.has(tag)));
  if (suggested) return suggested.task;
  if (EXTRACTING.test(said)) return extractTask;
  const named = CLUES.find(({ words }) => words.test(said))?.task;
  // "Answer kindly", says many a system prompt; without a question there is nothing to answer.
  if (named && named !== answerTask) return named;
  return ask.question ? answerTask : summarizeTask;
}

/** A schema of mostly other fields wants facts, even if one of them is called `summary`. */
function fits({ mainField, otherFields }: Clue, fields: readonly string[]): boolean {
  if (!fields.some((name) => mainField.test(name))) return false;
  const known = fields.filter((name) => mainField.test(name) || otherFields.test(name));
  return known.length * 2 >= fields.length;
}
