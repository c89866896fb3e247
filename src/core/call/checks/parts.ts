import type { JsonSchema } from '../../tool/json-schema.ts';

/** A place in a schema where a schema stands. */
export interface Part {
  /** Not checked yet: anything may stand there. */
  schema: unknown;
  /** Pointer into the whole schema. */
  pointer: string;
  /** Place it is applied: to the same value, to a value inside, or only where it is referred to. */
  edge: 'here' | 'inside' | 'definition';
  /** Part of the description of a value, not of a condition; those may leave out what a value is. */
  describes: boolean;
}

type Keyword = Pick<Part, 'edge' | 'describes'> & { holds: 'one' | 'list' | 'map' };

const one = (edge: Part['edge'], describes = false): Keyword => ({ holds: 'one', edge, describes });
const list = (edge: Part['edge']): Keyword => ({ holds: 'list', edge, describes: true });
const map = (edge: Part['edge'], describes = true): Keyword => ({ holds: 'map', edge, describes });

/** Every keyword of the drafts in use that holds schemas. */
const KEYWORDS = new Map<string, Keyword>([
  ['properties', map('inside')],
  ['patternProperties', map('inside')],
  ['$defs', map('definition')],
  ['definitions', map('definition')],
  ['dependentSchemas', map('here', false)],
  ['dependencies', map('here', false)],
  ['anyOf', list('here')],
  ['oneOf', list('here')],
  ['allOf', list('here')],
  ['prefixItems', list('inside')],
  ['items', one('inside', true)],
  ['contains', one('inside', true)],
  ['additionalProperties', one('inside', true)],
  ['additionalItems', one('inside')],
  ['propertyNames', one('inside')],
  ['unevaluatedItems', one('inside')],
  ['unevaluatedProperties', one('inside')],
  ['contentSchema', one('inside')],
  ['not', one('here', true)],
  ['if', one('here')],
  ['then', one('here')],
  ['else', one('here')],
]);

/** The schemas directly inside a schema. */
export function partsOf(schema: JsonSchema, pointer: string): Part[] {
  return Object.entries(schema).flatMap(([key, value]) => {
    const keyword = KEYWORDS.get(key);
    if (!keyword) return [];
    const at = `${pointer}/${step(key)}`;
    const { edge, describes } = keyword;
    if (keyword.holds === 'one')
      // `true` and `false` say whether there may be more; they are no descriptions.
      return isSchema(value) ? [{ schema: value, pointer: at, edge, describes }] : [];
    return inside(keyword.holds, value)
      .filter(([, each]) => key !== 'dependencies' || !Array.isArray(each))
      .map(([name, each]) => ({ schema: each, pointer: `${at}/${step(name)}`, edge, describes }));
  });
}

/** Another kind of value is a mistake that the validator names. */
function inside(holds: 'list' | 'map', value: unknown): [string, unknown][] {
  if (holds === 'list') return Array.isArray(value) ? Object.entries(value as unknown[]) : [];
  return isSchema(value) ? Object.entries(value) : [];
}

export const isSchema = (node: unknown): node is JsonSchema =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

/** One step of a pointer. */
export const step = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
