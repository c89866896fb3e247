import type { JsonSchema } from './json-schema.ts';
import type { LlmTool } from './define-tool.ts';

/**
 * The shape a model must answer this call in: the output schema of the tool, narrowed by the input
 * where the tool says so (see Narrow).
 */
export function replySchema(tool: LlmTool, input: Record<string, unknown>): JsonSchema {
  const { output } = tool.json;
  if (!tool.narrow) return output;
  const properties = { ...(output['properties'] as Record<string, JsonSchema>) };
  let shared: JsonSchema = {};
  for (const [field, rule] of Object.entries(tool.narrow)) {
    if ('schemaIn' in rule) {
      const { own, defs } = moveTo(field, input[rule.schemaIn] as JsonSchema);
      properties[field] = own;
      shared = { ...shared, ...defs };
    } else {
      properties[field] = {
        ...properties[field],
        enum: (input[rule.oneOf] as JsonSchema[]).map((each) => each[rule.by]),
      };
    }
  }
  return { ...output, properties, ...(Object.keys(shared).length > 0 && { $defs: shared }) };
}

/**
 * A caller's schema as the schema of a field. Its references count from its own root, which is not
 * the root any more: definitions move up with them, the others get the way down to the field.
 */
function moveTo(field: string, schema: JsonSchema): { own: JsonSchema; defs: JsonSchema } {
  const { $id = '', $defs, definitions } = schema;
  const redirect = (ref: string): string => {
    const local =
      typeof $id === 'string' && ref.startsWith(`${$id}#`) ? ref.slice($id.length) : ref;
    const definition = /^#\/(?:\$defs|definitions)\/(.*)$/s.exec(local)?.[1];
    if (definition !== undefined) return `#/$defs/${definition}`;
    return local === '#' || local.startsWith('#/')
      ? `#/properties/${field}${local.slice(1)}`
      : local;
  };
  const move = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(move);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [
        key,
        key === '$ref' && typeof value === 'string' ? redirect(value) : move(value),
      ]),
    );
  };
  const own = Object.fromEntries(Object.entries(schema).filter(([key]) => !OF_A_ROOT.has(key)));
  return {
    own: move(own) as JsonSchema,
    defs: move({
      ...(definitions as JsonSchema | undefined),
      ...($defs as JsonSchema | undefined),
    }) as JsonSchema,
  };
}

/** Keywords of the root of a schema only. */
const OF_A_ROOT = new Set(['$schema', '$id', '$defs', 'definitions']);
