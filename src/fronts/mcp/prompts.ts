import type {
  GetPromptResult,
  ListPromptsResult,
  Prompt as McpPrompt,
} from '@modelcontextprotocol/server';
import type { ListPromptsResult as Listed } from '../../../schemas/wire/prompt.ts';
import type { Core } from '../../core/services/core.ts';
import type { Principal } from '../../core/call/principal.ts';
import type { GetPromptParams } from './params.ts';

type ListedPrompt = Listed['prompts'][number];

/** `prompts/list`: every prompt the viewer may see, whatever its versions. */
export async function listPrompts(
  { prompts, tools }: Core,
  viewer: Principal,
): Promise<ListPromptsResult> {
  const purposes = new Map(tools.map(({ name, description }) => [name, description]));
  const listed = await prompts.list(viewer);
  return { prompts: listed.prompts.map((prompt) => toMcpPrompt(prompt, purposes)) };
}

function toMcpPrompt(
  { id, title, tools, variables }: ListedPrompt,
  purposes: ReadonlyMap<string, string>,
): McpPrompt {
  const purpose = tools.map((tool) => purposes.get(tool)).find((each) => each !== undefined);
  return {
    name: id,
    title,
    description: purpose ?? title,
    arguments: variables.map(({ name, type, required, description }) => ({
      name,
      // The protocol knows strings only.
      description: type === 'string' ? description : `${description} (as JSON: ${type})`,
      required,
    })),
  };
}

/**
 * `prompts/get`: the version that would answer the viewer, filled in. MCP has no system role, so what
 * the model is told comes first in the one message.
 * @throws ProblemError unknown_prompt; invalid_input for wrong or missing arguments
 */
export async function getPrompt(
  { prompts }: Core,
  viewer: Principal,
  { name, arguments: given = {} }: GetPromptParams,
): Promise<GetPromptResult> {
  const { description, system, user } = await prompts.fill(viewer, name, given);
  const text = [system, user].filter((part) => part !== '').join('\n\n');
  return { description, messages: [{ role: 'user', content: { type: 'text', text } }] };
}
