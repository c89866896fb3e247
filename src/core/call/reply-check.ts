import type { FieldError } from '../../../schemas/wire/problem.ts';
import type { JsonSchema } from '../tool/json-schema.ts';
import type { Asker, SchemaChecks } from '../tool/schema-check.ts';
import type { Tool } from '../tool/define-tool.ts';

/** Errors of an output; empty when it fits. @throws ProblemError schema_too_costly, checks_busy */
export type ReplyCheck = (output: unknown) => FieldError[] | Promise<FieldError[]>;

interface Replied {
  tool: Tool;
  /** Parsed: the tool may say that it narrows what may come out. */
  input: unknown;
  asker: Asker;
}

/**
 * Holds an output to what the tool promises for this very input: to its own schema on this thread, and to
 * what a caller brought where nobody else waits for it. It says the same as the schema a model is given
 * (see `replySchema`), but never makes one of the two.
 */
export function buildReplyCheck(checks: SchemaChecks, { tool, input, asker }: Replied): ReplyCheck {
  const ofTool = checks.compile(tool.json.output);
  const narrow = Object.entries(tool.narrow ?? {});
  const given = input as Record<string, unknown>;
  return async (output) => {
    const errors = ofTool(output);
    if (errors.length > 0) return errors;
    const fields = output as Record<string, unknown>;
    for (const [field, rule] of narrow) {
      if (!Object.hasOwn(fields, field)) continue;
      const found =
        'schemaIn' in rule
          ? await checks.foreign.check(given[rule.schemaIn] as JsonSchema, fields[field], asker)
          : notAmong(given[rule.oneOf] as Record<string, unknown>[], rule.by, fields[field]);
      if (found.length > 0)
        return found.map((error) => ({ ...error, pointer: `/${field}${error.pointer}` }));
    }
    return [];
  };
}

function notAmong(
  options: readonly Record<string, unknown>[],
  by: string,
  value: unknown,
): FieldError[] {
  const isThere = options.some((option) => option[by] === value);
  return isThere
    ? []
    : [{ pointer: '', code: 'enum', detail: 'must be equal to one of the allowed values' }];
}
