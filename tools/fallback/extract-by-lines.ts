import type { z } from 'zod';
import type { ExtractDataInput } from '../../schemas/tools/extract-data.ts';
import type { JsonSchema } from '../../src/core/tool/json-schema.ts';
import type { Fallback } from '../../src/core/tool/define-tool.ts';
import { readLabelledLines } from './labelled-lines.ts';
import { readField, takesNull } from './read-fields.ts';

type Input = z.infer<typeof ExtractDataInput>;

/** Keywords of an object that are understood. One that demands more might not fit its schema. */
const UNDERSTOOD = new Set([
  ...['type', 'properties', 'required', 'additionalProperties'],
  ...['title', 'description', 'default', 'examples', '$schema', '$id', '$comment', '$defs'],
]);

/**
 * Data without a model: what the text states in lines like `Label: value`. Null when it has nothing
 * for a field that must be there, or nothing at all.
 */
export const extractByLines: Fallback = (input) => {
  const { text, schema } = input as Input;
  if (!Object.keys(schema).every((key) => UNDERSTOOD.has(key))) return null;
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  const source = { text, lines: readLabelledLines(text) };
  const read = Object.entries(properties).flatMap(([name, field]) => {
    const value = readField(name, field, source);
    if (value !== undefined) return [[name, value] as const];
    return required.includes(name) && takesNull(field) ? [[name, null] as const] : [];
  });
  const names = new Set(read.map(([name]) => name));
  const isStated = read.some(([, value]) => value !== null);
  return isStated && required.every((name) => names.has(name))
    ? { data: Object.fromEntries(read) }
    : null;
};
