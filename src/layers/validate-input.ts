import type { Layer } from '../call/call.ts';
import { parseInput } from '../call/parse-input.ts';
import type { SchemaChecks } from '../call/schema-check.ts';
import type { Tool } from '../call/tool.ts';

/** Finds the tool and parses the input: everything below sees only what the schema lets through. */
export const buildValidateInput = (tools: readonly Tool[], checks: SchemaChecks): Layer =>
  async function validateInput(call, next) {
    const { tool, input } = await parseInput({ tools, checks }, call.toolName, call.input);
    return next({ ...call, tool, input });
  };
