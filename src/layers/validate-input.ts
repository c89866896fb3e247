import type { Layer } from '../core/call/call.ts';
import { parseInput } from '../core/tool/parse-input.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import type { Tool } from '../core/tool/define-tool.ts';

interface InputParts {
  tools: readonly Tool[];
  /** Known to tollgate's own calls alone. */
  ownTools: readonly Tool[];
  checks: SchemaChecks;
}

/** Finds the tool and parses the input: everything below sees only what the schema lets through. */
export const buildValidateInput = ({ tools, ownTools, checks }: InputParts): Layer =>
  async function validateInput(call, next) {
    const known = call.front === 'internal' ? ownTools : tools;
    const asker = { owner: call.principal.id, signal: call.signal };
    const parts = { tools: known, checks, asker };
    const { tool, input } = await parseInput(parts, call.toolName, call.input);
    return next({ ...call, tool, input });
  };
