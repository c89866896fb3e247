import type { JsonObject } from '../json.ts';
import { isList, isObject } from '../json.ts';
import type { Prompt } from '../validate-request.ts';
import type { OfferedTool } from '../validate-tools.ts';
import { readAnswerRequest } from './answer-request.ts';
import { splitName } from './classify.ts';
import { extractTask } from './extract-task.ts';
import { fillSchema, firstOf } from './schema.ts';
import type { Resolve } from './schema.ts';
import { typeOf } from './schema-shape.ts';
import { toConcepts } from './words.ts';

/** A wish is said at the beginning or the end; between them there is material. */
const OPENING_CHARS = 300;
/** A word of the name counts twice, because a description speaks of many things. */
const NAME_WEIGHT = 2;
const ENOUGH = 3;

/** Rates how plainly a text asks for a tool's work; 0 when not. */
export function rateTool({ name, description }: OfferedTool, asked: string): number {
  const ends = `${asked.slice(0, OPENING_CHARS)}\n${asked.slice(-OPENING_CHARS)}`;
  const said = new Set(toConcepts(ends));
  const hits = (text: string): number =>
    [...new Set(toConcepts(text))].filter((concept) => said.has(concept)).length;
  const rating = hits(splitName(name)) * NAME_WEIGHT + hits(description);
  return rating >= ENOUGH ? rating : 0;
}

/** The input of a call: all that the text says about it, in the shape the tool wants. */
export function composeInput(prompt: Prompt, asked: string, schema: JsonObject): unknown {
  const turns = [{ role: 'user' as const, text: asked, attachments: 0 }];
  const ask = readAnswerRequest({ ...prompt, system: '', turns });
  const facts = extractTask({ ...ask, text: asked });
  return fillSchema(schema, firstOf(facts.resolve, findPlace(asked), lastResort(asked, schema)));
}

const PLACE_FIELD = /^(?:location|place|city|town|country|destination|where)$/i;
const PLACE = /\b(?:in|at|for|to|from|near)\s+(\p{Lu}[\p{L}'-]*(?:,?\s+\p{Lu}[\p{L}'-]*)*)/u;

function findPlace(asked: string): Resolve {
  return ({ name }) => (PLACE_FIELD.test(name) ? PLACE.exec(asked)?.[1] : undefined);
}

/** A required field gets the numbers of the text in their order, or the text itself. */
function lastResort(asked: string, { required }: JsonObject): Resolve {
  const names: readonly unknown[] = isList(required) ? required : [];
  const numbers = asked.match(/-?\d+(?:\.\d+)?/g) ?? [];
  return ({ name, parent, schema, choices }) => {
    if (parent !== '' || !names.includes(name) || choices.length > 0) return undefined;
    const type = typeOf(schema);
    if (type === 'number' || type === 'integer') return numbers.shift();
    if (type === 'array' && isObject(schema['items'])) return undefined;
    return type === 'string' ? asked : undefined;
  };
}
