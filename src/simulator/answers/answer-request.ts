import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Prompt } from '../validate-request.ts';
import { outsideSections, readSections, unescapeMarkup } from './sections.ts';
import type { TaggedSection } from './sections.ts';
import { countWords, splitSentences } from './sentences.ts';

export interface OfferedLabel {
  readonly name: string;
  readonly description: string;
}

/** A request's job and material, read out of its sections or, without any, its plain text. */
export interface AnswerRequest {
  /** The sections the request has. */
  readonly tags: ReadonlySet<string>;
  readonly question: string;
  readonly instruction: string;
  readonly tone: string;
  readonly style: string;
  readonly maxWords: number | null;
  readonly labels: readonly OfferedLabel[];
  /** The caller's text: to be summarized, classified, extracted from or rewritten. */
  readonly text: string;
  /** Text a question may be answered from; markup not yet unescaped. */
  readonly knowledge: string;
  /** All that was said about the job outside of the material. */
  readonly briefing: string;
  /** A JSON Schema spelled out in the prompt itself. */
  readonly schema: JsonObject | null;
}

const QUESTION_TAGS = ['question', 'query'];
const INSTRUCTION_TAGS = ['instruction', 'instructions', 'task'];
const KNOWLEDGE_TAGS = [
  'handbook',
  'documents',
  'document',
  'faq',
  'context',
  'knowledge',
  'source',
];
const SETTING_TAGS = [
  'tone',
  'style',
  'max_words',
  'labels',
  'label',
  'schema',
  'language',
  'format',
  'length',
];

const MAX_CHARS = 220_000;

/** An order in front of its material: "Summarize the following text:". */
const ORDER = /^[^\n]{0,300}?(?::[ \t]*\n|[:.!]?[ \t]*\n[ \t]*\n|:[ \t]+(?=\S))/;
const OFFER =
  /\b(?:classify|categori[sz]e|label|sentiment)\b.*?\b(?:as|into|one of)\s*:?\s+(?:either |one of )?([^:.\n]+)/i;
const ORDER_VERB =
  /^(?:please |can you |could you |kindly )*(?:summari[sz]e|classify|categori[sz]e|extract|rewrite|rephrase|shorten|make|turn|convert|translate|improve|fix|correct|proofread|edit|write|give|list|find|read|answer|tell|label|simplify|polish)\b/i;

/** Speaks of the answer before it: what was asked for still stands further up. */
const REMARK = /^\s*your (?:last |previous )?(?:reply|answer|response)\b/i;

export function readAnswerRequest(prompt: Prompt): AnswerRequest {
  const asked = prompt.turns.filter(({ role }) => role === 'user');
  const user = (asked.findLast(({ text }) => !REMARK.test(text)) ?? asked.at(-1))?.text ?? '';
  const sections = [...readSections(prompt.system), ...readSections(user)];
  const free = readFreeText(unescapeMarkup(outsideSections(user)), prompt);
  return {
    tags: new Set(sections.map(({ tag }) => tag)),
    labels: readLabels(sections, free.order),
    schema: readSchema(pick(sections, ['schema', 'json_schema'])),
    briefing: `${outsideSections(prompt.system)}\n${free.order}`,
    ...readSettings(sections),
    ...readMaterial(sections, free),
  };
}

function pick(sections: readonly TaggedSection[], tags: readonly string[]): string {
  return unescapeMarkup(sections.findLast(({ tag }) => tags.includes(tag))?.body ?? '');
}

function readSettings(
  sections: readonly TaggedSection[],
): Pick<AnswerRequest, 'tone' | 'style' | 'maxWords'> {
  const maxWords = Number(pick(sections, ['max_words']));
  return {
    tone: pick(sections, ['tone']),
    style: pick(sections, ['style']),
    maxWords: maxWords > 0 ? maxWords : null,
  };
}

type AnswerMaterial = Pick<AnswerRequest, 'question' | 'instruction' | 'text' | 'knowledge'>;

function readMaterial(sections: readonly TaggedSection[], free: FreeText): AnswerMaterial {
  const question = pick(sections, QUESTION_TAGS) || free.question;
  const text = readText(sections) || free.rest;
  return {
    question,
    instruction: pick(sections, INSTRUCTION_TAGS) || free.order,
    text: atMost(text || question),
    knowledge: atMost(readKnowledge(sections) || text || free.earlier),
  };
}

/** Reading is linear in the text, so a bound on it bounds how long the loop is held. */
function atMost(text: string): string {
  return text.slice(0, MAX_CHARS);
}

function readSchema(text: string): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function readText(sections: readonly TaggedSection[]): string {
  const taken = [...QUESTION_TAGS, ...INSTRUCTION_TAGS, ...SETTING_TAGS, ...KNOWLEDGE_TAGS];
  const named = sections.filter(({ tag }) => tag === 'text');
  const others = sections.filter(({ tag }) => !taken.includes(tag));
  const chosen = named.length > 0 ? named.slice(-1) : others;
  return chosen.map(({ body }) => unescapeMarkup(body)).join('\n\n');
}

function readKnowledge(sections: readonly TaggedSection[]): string {
  return sections
    .filter(({ tag }) => KNOWLEDGE_TAGS.includes(tag))
    .map(({ body }) => body)
    .join('\n\n');
}

function readLabels(sections: readonly TaggedSection[], order: string): OfferedLabel[] {
  const list = sections.findLast(({ tag }) => tag === 'labels');
  if (!list) return readOfferedLabels(order);
  const marked = readSections(list.body).map(({ attributes, body }) => {
    const name = attributes.get('name');
    return name === undefined
      ? { name: unescapeMarkup(body), description: '' }
      : { name, description: unescapeMarkup(body) };
  });
  if (marked.length > 0) return marked;
  return list.body.split(/[\n,]/).flatMap((line) => {
    const [name = '', ...rest] = line.replace(/^\s*[-*•]\s*/, '').split(':');
    return name.trim() ? [{ name: name.trim(), description: rest.join(':').trim() }] : [];
  });
}

/** "Classify this as spam, advertising or other:" */
function readOfferedLabels(order: string): OfferedLabel[] {
  const offered = OFFER.exec(order)?.[1]?.split(/\s*,\s*(?:or |and )?|\s+or\s+|\s*\/\s*/) ?? [];
  return offered.length < 2 ? [] : offered.map((name) => ({ name: name.trim(), description: '' }));
}

interface FreeText {
  readonly order: string;
  readonly question: string;
  readonly rest: string;
  /** Text said before: there a follow-up question finds its answer. */
  readonly earlier: string;
}

/** A message without sections: its order, its question, and the material they are about. */
function readFreeText(message: string, prompt: Prompt): FreeText {
  const opening = ORDER.exec(message)?.[0] ?? '';
  const isOrder = ORDER_VERB.test(opening) || /:[ \t]*\n/.test(opening);
  const order = isOrder ? opening : '';
  const body = message.slice(order.length).trim();
  const question = findQuestion(order.includes('?') ? message : body);
  const rest = question ? body.replace(question, '').trim() : body;
  const earlier = prompt.turns.slice(0, -1).map(({ text }) => text);
  return {
    order: order.trim(),
    question,
    rest: question && countWords(rest) < countWords(question) / 2 ? '' : rest,
    earlier: [outsideSections(prompt.system), ...earlier].join('\n\n').trim(),
  };
}

/** The question of a message stands at its beginning or its end; those in between are material. */
function findQuestion(message: string): string {
  const sentences = splitSentences(message);
  const candidates = [...sentences.slice(-2).reverse(), ...sentences.slice(0, 2)];
  return candidates.find((sentence) => sentence.endsWith('?')) ?? '';
}
