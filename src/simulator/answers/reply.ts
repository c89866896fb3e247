import { isList, isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Prompt } from '../validate-request.ts';
import { readAnswerRequest } from './answer-request.ts';
import type { AnswerRequest, OfferedLabel } from './answer-request.ts';
import { chooseTask } from './choose-task.ts';
import { gradeAnswer, readToGrade } from './grade.ts';
import { judge, readJudged } from './judge.ts';
import { answerTask } from './tasks.ts';
import { extractTask } from './extract-task.ts';
import { fillSchema, firstOf } from './schema.ts';
import type { Resolve } from './schema.ts';

/** Documents read in earlier requests of the same account. */
export interface Memory {
  readonly documents: readonly string[];
  note(document: string): void;
}

const NO_MEMORY: Memory = { documents: [], note: () => undefined };

/**
 * The whole answer of the model. It depends on the request alone, but for a judgement of answers, which
 * needs to know what they were taken from; and it quotes rather than invents.
 */
export function composeReply(prompt: Prompt, memory: Memory = NO_MEMORY): string {
  const judged = readJudged(prompt);
  if (judged) return JSON.stringify(judge(judged, memory.documents));
  const toGrade = readToGrade(prompt);
  if (toGrade) return JSON.stringify(gradeAnswer(toGrade));
  const read = readAnswerRequest(prompt);
  const schema = prompt.schema ?? read.schema;
  const ask = read.labels.length > 0 ? read : { ...read, labels: readChoices(schema) };
  const fields = isObject(schema?.['properties']) ? Object.keys(schema['properties']) : [];
  const task = chooseTask(ask, fields);
  if (task === answerTask) memory.note(ask.knowledge);
  const reply = task(ask);
  if (!schema) return reply.text;
  // All else that the schema wants to know is read out of the text.
  return JSON.stringify(fillSchema(openUp(schema, ask), firstOf(reply.resolve, lateExtract(ask))));
}

/** A schema may bring the labels of a classification as an `enum`. */
function readChoices(schema: JsonObject | null): OfferedLabel[] {
  const properties = isObject(schema?.['properties']) ? Object.values(schema['properties']) : [];
  const choices = properties.find((property) => isObject(property) && isList(property['enum']));
  const members = isObject(choices) && isList(choices['enum']) ? choices['enum'] : [];
  return members.flatMap((name) => (typeof name === 'string' ? [{ name, description: '' }] : []));
}

/** Reading a text for facts is the expensive part, so it waits until somebody asks for one. */
function lateExtract(ask: AnswerRequest): Resolve {
  let resolve: Resolve | undefined;
  return (field) => {
    resolve ??= extractTask(ask).resolve;
    return resolve(field);
  };
}

/** An object that may hold anything holds what the prompt's own `<schema>` describes. */
function openUp(schema: JsonObject, { schema: wanted }: AnswerRequest): JsonObject {
  if (!wanted || !isObject(schema['properties'])) return schema;
  const entries = Object.entries(schema['properties']).map(([name, property]) => {
    const isOpen = isObject(property) && property['type'] === 'object' && !property['properties'];
    return [name, isOpen ? wanted : property] as const;
  });
  return { ...schema, properties: Object.fromEntries(entries) };
}
