import { rowOf } from '../../errors/codes.ts';
import { problem } from '../../errors/problem.ts';
import type { FieldError } from '../../../schemas/wire/problem.ts';
import { toFieldErrors } from './field-errors.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Asker, SchemaChecks } from './schema-check.ts';
import type { Tool } from './define-tool.ts';

interface ParseParts {
  tools: readonly Tool[];
  checks: SchemaChecks;
  /** Sender of the input: a schema in it is looked at in its turn. */
  asker: Asker;
}

/**
 * The tool of this name and its input, parsed: defaults filled in, strings trimmed.
 * @throws ProblemError unknown_tool, invalid_input, checks_busy
 */
export async function parseInput(
  { tools, ...parts }: ParseParts,
  name: string,
  input: unknown,
): Promise<{ tool: Tool; input: Record<string, unknown> }> {
  const tool = tools.find((each) => each.name === name);
  if (!tool) throw unknownTool(name, tools);
  const result = await tool.input['~standard'].validate(input);
  if (result.issues) throw invalidInput(name, result.issues.flatMap(toFieldErrors));
  const parsed = result.value as Record<string, unknown>;
  const objections = await objectionsToSchemas(tool, parsed, parts);
  if (objections.length > 0) throw invalidInput(name, objections);
  return { tool, input: parsed };
}

function unknownTool(name: string, tools: readonly Tool[]) {
  const names = tools.map((tool) => tool.name);
  return problem('unknown_tool', {
    detail: `There is no tool "${name.slice(0, 100)}". There are: ${names.join(', ')}.`,
  });
}

/** Most errors listed: a caller can act on one field; thousands of the same nobody reads. */
const MOST_LISTED = 50;

function invalidInput(name: string, errors: FieldError[]) {
  const first = errors[0];
  const where = first === undefined || first.pointer === '' ? 'the input' : first.pointer;
  const more = errors.length > 1 ? ` (and ${String(errors.length - 1)} more)` : '';
  return problem('invalid_input', {
    detail: `${name}: ${where}: ${first?.detail ?? 'does not fit the schema'}${more}`,
    errors: errors.slice(0, MOST_LISTED),
    nextActions: [
      ...rowOf('invalid_input').actions,
      {
        action: 'read_schema',
        why: 'It shows every field with an example',
        href: `/v1/tools/${name}`,
      },
    ],
  });
}

/** Fields that hold a caller's own JSON Schema must hold one we can use. */
async function objectionsToSchemas(
  tool: Tool,
  input: Record<string, unknown>,
  { checks, asker }: Omit<ParseParts, 'tools'>,
): Promise<FieldError[]> {
  const found = Object.values(tool.narrow ?? {}).map(async (rule) => {
    if (!('schemaIn' in rule)) return [];
    const errors = await checks.foreign.review(input[rule.schemaIn] as JsonSchema, asker);
    return errors.map((error) => ({ ...error, pointer: `/${rule.schemaIn}${error.pointer}` }));
  });
  return (await Promise.all(found)).flat();
}
