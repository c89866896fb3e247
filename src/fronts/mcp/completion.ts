import type { CompleteResult } from '@modelcontextprotocol/server';
import type { ListPromptsResult as Listed } from '../../../schemas/wire/prompt.ts';
import type { Core } from '../../core/services/core.ts';
import type { Principal } from '../../core/call/principal.ts';
import { problem } from '../../errors/problem.ts';
import type { CompleteParams } from './params.ts';
import { PROMPT_TEMPLATE } from './resources.ts';

/** Limit of MCP. */
const MAX_VALUES = 100;

/**
 * `completion/complete`: what an argument of a prompt, or a part of the address of one, may be.
 * @throws ProblemError unknown_prompt; invalid_request for a template that is not ours
 */
export async function complete(
  { prompts }: Core,
  viewer: Principal,
  { ref, argument, context }: CompleteParams,
): Promise<CompleteResult> {
  const { name, value: begun } = argument;
  if (ref.type === 'ref/prompt')
    return {
      completion: { values: await prompts.complete(viewer, ref.name, { argument: name, begun }) },
    };
  if (ref.uri !== PROMPT_TEMPLATE) {
    throw problem('invalid_request', {
      detail: `There is no resource template "${ref.uri.slice(0, 200)}". There is: ${PROMPT_TEMPLATE}.`,
    });
  }
  const { prompts: listed } = await prompts.list(viewer);
  const values = partsOf(listed, name, context?.arguments?.['id']);
  return page(values.filter((value) => value.startsWith(begun)));
}

/** Values for a part of the template; for its version the id matters, if it is known. */
function partsOf(listed: Listed['prompts'], part: string, known: string | undefined): string[] {
  if (part === 'id') return listed.map(({ id }) => id);
  if (part !== 'version') return [];
  const those = listed.filter(({ id }) => known === undefined || id === known);
  return [...new Set(those.flatMap(({ versions }) => versions.map(({ version }) => version)))];
}

const page = (values: readonly string[]): CompleteResult => ({
  completion: {
    values: values.slice(0, MAX_VALUES),
    total: values.length,
    hasMore: values.length > MAX_VALUES,
  },
});
