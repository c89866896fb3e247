import type { Layer } from '../core/call/call.ts';
import { buildReplyCheck } from '../core/call/reply-check.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import { problem } from '../errors/problem.ts';

/** Nothing leaves in another shape than the tool promises for this very input. */
export const buildValidateOutput = (checks: SchemaChecks): Layer =>
  async function validateOutput(call, next) {
    const outcome = await next(call);
    const { tool, input, principal, signal } = call;
    if (!outcome.ok || !tool) return outcome;
    const asker = { owner: principal.id, signal };
    const errors = await buildReplyCheck(checks, { tool, input, asker })(outcome.output);
    if (errors.length === 0) return outcome;
    const [first] = errors;
    throw problem('invalid_output', {
      detail: `${tool.name}: the answer does not fit its schema at "${first?.pointer ?? ''}": ${first?.detail ?? ''}`,
      errors,
    });
  };
