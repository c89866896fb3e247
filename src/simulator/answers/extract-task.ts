import type { AnswerRequest } from './answer-request.ts';
import { classify, splitName } from './classify.ts';
import { readFacts } from './extract/facts.ts';
import type { Facts } from './extract/facts.ts';
import { findStrings } from './extract/lists.ts';
import { matchPairs } from './extract/match-key.ts';
import { asksForCurrency, findValue, readEmails, toCurrency } from './extract/values.ts';
import { readNumber } from './numbers.ts';
import type { SchemaField } from './schema.ts';
import { readKeywords, shapeSummary, toHeadline } from './summarize.ts';
import type { Reply } from './tasks.ts';

/** Below this, the likeliest member of an `enum` is a guess. */
const ENOUGH_CONFIDENCE = 0.3;

const PART = /^(?:name|address|street|email|phone|date|number|id|instructions)$/i;
const WRAPPER = /^(?:data|result|output|record|object|response)$/i;

/** Fills fields with what the text says; what it does not say stays unknown. */
export function extractTask({ text }: AnswerRequest): Reply {
  const facts = readFacts(text);
  return { text: toPlainText(facts), resolve: (field) => resolveField(inFull(field), facts) };
}

/** The `name` of a `supplier` is the supplier's name, while one of `data` is just a name. */
function inFull(field: SchemaField): SchemaField {
  const { name, parent } = field;
  const isPart = PART.test(name) && parent !== '' && !WRAPPER.test(parent);
  return isPart ? { ...field, name: `${parent}_${name}` } : field;
}

function resolveField(field: SchemaField, facts: Facts): unknown {
  const { type, items } = field.schema as {
    type?: unknown;
    items?: { type?: unknown };
  };
  if (field.name === '' || isType(type, 'object')) return undefined;
  if (isType(type, 'array')) {
    if (field.choices.length > 0) return findChoices(field, facts);
    return findList(field, facts, items?.type);
  }
  if (field.choices.length > 0) return findChoice(field, facts);
  return findValue(field, facts) ?? findGist(field, facts);
}

/** Finds the gist of a text, for fields that ask for it. */
function findGist({ name, schema }: SchemaField, { text }: Facts): string | undefined {
  if (!isType(schema['type'], 'string') || schema['format'] !== undefined) return undefined;
  if (/^(?:summary|abstract|overview|gist)/i.test(name))
    return shapeSummary(text, { style: '', maxWords: 60 });
  return /^(?:title|subject|headline|topic)$/i.test(name) ? toHeadline(text) : undefined;
}

function isType(type: unknown, name: string): boolean {
  return type === name || (Array.isArray(type) && type.includes(name));
}

function findList(field: SchemaField, facts: Facts, itemType: unknown): unknown {
  if (/keyword|topic|tag|themes?/i.test(field.name)) return readKeywords(facts.text, 6);
  const found = findStrings(field, facts);
  const isNumeric = itemType === 'number' || itemType === 'integer';
  return isNumeric ? found?.flatMap((value) => readNumber(value) ?? []) : found;
}

/** A choice named by its own line, else mentioned by name, else the nearest in meaning. */
function findChoice(field: SchemaField, facts: Facts): string | undefined {
  if (asksForCurrency(field)) return toCurrency(facts.text);
  const stated = matchPairs(field, facts.pairs).map(({ value }) => value.toLowerCase());
  const plain = (choice: string): string => splitName(choice).toLowerCase();
  const named = field.choices.find((choice) =>
    stated.some((value) => value === plain(choice) || value.startsWith(`${plain(choice)} `)),
  );
  if (named !== undefined) return named;
  const verdict = classify(stated[0] ?? facts.text, toLabels(field));
  return verdict.confidence >= ENOUGH_CONFIDENCE ? verdict.label : undefined;
}

function findChoices(field: SchemaField, { text }: Facts): readonly string[] {
  const verdict = classify(text, toLabels(field));
  return verdict.confidence >= ENOUGH_CONFIDENCE ? verdict.all : [];
}

function toLabels({ choices }: SchemaField): { name: string; description: string }[] {
  return choices.map((name) => ({ name, description: '' }));
}

/** Without a schema: every fact with a name, one on each line. */
function toPlainText({ text, pairs, dates }: Facts): string {
  const named = pairs.map(({ key, value }) => `- ${key}: ${value}`);
  const shapes = [
    ['Dates', [...new Set(dates.map(({ iso }) => iso))]],
    ['E-mail addresses', readEmails(text)],
  ] as const;
  const shaped = shapes.filter(([, values]) => values.length > 0);
  const lines = [...named, ...shaped.map(([name, values]) => `- ${name}: ${values.join(', ')}`)];
  return lines.length > 0 ? lines.join('\n') : 'The text states no facts that could be listed.';
}
