import type { JsonSchema } from './json-schema.ts';
import type { LlmTool } from './tool.ts';

/**
 * The shape a model must answer this call in: the output schema of the tool, narrowed by the input
 * where the tool says so (see Narrow).
 */
export function replySchema(tool: LlmTool, input: Record<string, unknown>): JsonSchema {
  const { output } = tool.json;
  if (!tool.narrow) return output;
  const properties = { ...(output['properties'] as Record<string, JsonSchema>) };
  for (const [field, rule] of Object.entries(tool.narrow)) {
    properties[field] =
      'schemaIn' in rule
        ? (input[rule.schemaIn] as JsonSchema)
        : {
            ...properties[field],
            enum: (input[rule.oneOf] as JsonSchema[]).map((each) => each[rule.by]),
          };
  }
  return { ...output, properties };
}
