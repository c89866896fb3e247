import type { FieldError } from '../../schemas/wire/problem.ts';
import type { FrontMatter } from '../../schemas/wire/prompt-file.ts';
import type { LlmTool } from '../core/tool/define-tool.ts';
import { problem } from '../errors/problem.ts';

type Variables = FrontMatter['variables'];

/** A property of a tool's input as JSON Schema. */
interface Property {
  enum?: unknown[];
}

const propertyOf = (tool: LlmTool, name: string): Property => {
  const properties = tool.json.input['properties'] as Record<string, Property> | undefined;
  return properties && Object.hasOwn(properties, name) ? (properties[name] ?? {}) : {};
};

/**
 * Variables from arguments that can only be text: what is no string is given as JSON.
 * @throws ProblemError invalid_input naming arguments that there are not, or that are no JSON
 */
export function fromTexts(
  declared: Variables,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const errors: FieldError[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => ({
      pointer: `/${name}`,
      code: 'unrecognized',
      detail: 'The prompt has no such argument',
      expected: `one of ${Object.keys(declared).join(', ')}`,
    }));
  const variables: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(declared)) {
    const text = Object.hasOwn(given, name) ? given[name] : undefined;
    try {
      if (text !== undefined) variables[name] = type === 'string' ? text : JSON.parse(text);
    } catch {
      const detail = 'It is not JSON';
      errors.push({ pointer: `/${name}`, code: 'not_json', detail, expected: `a JSON ${type}` });
    }
  }
  if (errors.length === 0) return variables;
  const names = errors.map(({ pointer }) => pointer.slice(1)).join(', ');
  throw problem('invalid_input', { detail: `Wrong arguments: ${names}.`, errors });
}

const MOST_SUGGESTIONS = 100;

/** Values that the tool's schema names for an argument, those that start with `begun` first. */
export function suggestions(tool: LlmTool, argument: string, begun: string): string[] {
  const values = (propertyOf(tool, argument).enum ?? []).map((each) =>
    typeof each === 'string' ? each : JSON.stringify(each),
  );
  const sought = begun.toLowerCase();
  const starting = values.filter((each) => each.toLowerCase().startsWith(sought));
  const holding = values.filter(
    (each) => !starting.includes(each) && each.toLowerCase().includes(sought),
  );
  return [...starting, ...holding].slice(0, MOST_SUGGESTIONS);
}
