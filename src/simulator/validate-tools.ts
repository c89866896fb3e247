import { invalid } from './errors.ts';
import { isList, isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import type { SimulatedModel } from './models.ts';

/** A tool the model may call. Those that the API runs itself (web search) are paid for, never called. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject | null;
  /** As it was sent. */
  readonly source: JsonObject;
}

export interface ToolChoice {
  readonly type: 'auto' | 'any' | 'tool' | 'none';
  /** Only with `tool`. */
  readonly name: string | null;
  readonly isParallel: boolean;
}

const NAME = /^[\w-]{1,128}$/;

export function readTools(value: unknown): OfferedTool[] {
  if (value === undefined || value === null) return [];
  if (!isList(value)) throw invalid('tools: Input should be a valid list');
  const tools = value.map((tool, index) => readTool(tool, `tools.${String(index)}`));
  if (new Set(tools.map(({ name }) => name)).size < tools.length) {
    throw invalid('tools: Tool names must be unique.');
  }
  return tools;
}

function readTool(tool: unknown, path: string): OfferedTool {
  if (!isObject(tool)) throw invalid(`${path}: Input should be an object`);
  const { name, type, description } = tool;
  if (name === undefined) throw invalid(`${path}.name: Field required`);
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw invalid(`${path}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
  }
  const isCustom = type === undefined || type === null || type === 'custom';
  const inputSchema = isCustom ? readInputSchema(tool['input_schema'], path) : null;
  const said = typeof description === 'string' ? description : '';
  return { name, description: said, inputSchema, source: tool };
}

function readInputSchema(schema: unknown, path: string): JsonObject {
  if (schema === undefined) throw invalid(`${path}.input_schema: Field required`);
  if (!isObject(schema)) throw invalid(`${path}.input_schema: Input should be an object`);
  if (schema['type'] !== 'object') {
    throw invalid(`${path}.input_schema.type: Input should be 'object'`);
  }
  return schema;
}

const TYPES = ['auto', 'any', 'tool', 'none'] as const;

export function readToolChoice(
  value: unknown,
  { model, tools }: { model: SimulatedModel; tools: readonly OfferedTool[] },
): ToolChoice {
  if (value === undefined || value === null) return { type: 'auto', name: null, isParallel: true };
  if (!isObject(value)) throw invalid('tool_choice: Input should be an object');
  const type = TYPES.find((known) => known === value['type']);
  if (!type) throw invalid(`tool_choice.type: Input should be one of ${TYPES.join(', ')}`);
  if (isForced(type) && !model.acceptsForcedTool) {
    throw invalid(`tool_choice.type: '${type}' is not supported by ${model.id}, use 'auto'`);
  }
  if (isForced(type) && tools.length === 0) {
    throw invalid('tool_choice: may only be specified while providing tools');
  }
  const name = type === 'tool' ? readChosen(value['name'], tools) : null;
  return { type, name, isParallel: value['disable_parallel_tool_use'] !== true };
}

export function isForced(type: ToolChoice['type']): boolean {
  return type === 'any' || type === 'tool';
}

function readChosen(name: unknown, tools: readonly OfferedTool[]): string {
  if (typeof name !== 'string') throw invalid('tool_choice.tool.name: Field required');
  const chosen = tools.find((tool) => tool.name === name);
  if (!chosen) throw invalid(`tool_choice: Tool '${name}' not found in provided tools`);
  return chosen.name;
}
