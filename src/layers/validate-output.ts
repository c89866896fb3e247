import type { Layer } from '../call/call.ts';
import type { SchemaChecks } from '../call/schema-check.ts';
import { problem } from '../errors/problem.ts';

/** Nothing leaves in another shape than the tool promises for this very input. */
export const buildValidateOutput = (checks: SchemaChecks): Layer =>
  async function validateOutput(call, next) {
    const outcome = await next(call);
    const { tool, plan } = call;
    if (!outcome.ok || !tool) return outcome;
    const schema = plan?.replySchema ?? tool.json.output;
    const errors = checks.compile(schema)(outcome.output);
    if (errors.length === 0) return outcome;
    const [first] = errors;
    throw problem('invalid_output', {
      detail: `${tool.name}: the answer does not fit its schema at "${first?.pointer ?? ''}": ${first?.detail ?? ''}`,
      errors,
    });
  };
