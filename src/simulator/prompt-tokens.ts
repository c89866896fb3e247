import { countTokens } from './tokens.ts';
import type { Prompt } from './validate-request.ts';

/** What the wire adds around the text: the frame of a request, of each turn, of the tools. */
const FRAME_TOKENS = 7;
const TURN_TOKENS = 3;
const TOOLS_TOKENS = 290;
const ATTACHMENT_TOKENS = 1500;

export function countPromptTokens({ model, system, turns, tools, schema }: Prompt): number {
  const count = (text: string): number => countTokens(text, model.family);
  let tokens = FRAME_TOKENS + count(system);
  for (const { text, attachments } of turns) {
    tokens += TURN_TOKENS + count(text) + attachments * ATTACHMENT_TOKENS;
  }
  if (tools.length > 0) tokens += TOOLS_TOKENS;
  for (const tool of tools) tokens += count(tool);
  if (schema) tokens += count(JSON.stringify(schema));
  return tokens;
}
