import type { ToolResult } from '../tool-results.ts';
import type { Prompt } from '../validate-request.ts';
import { composeReply } from './reply.ts';

/** A result this short is told whole; out of a longer one the question is answered. */
const SHORT_CHARS = 400;

/** The answer that tools have found: their results, read for what was asked. */
export function composeToolAnswer(
  prompt: Prompt,
  { asked, results }: { asked: string; results: readonly ToolResult[] },
): string {
  if (!prompt.schema) return results.map((result) => report(prompt, asked, result)).join('\n');
  const text = results.map((result) => result.text).join('\n\n');
  return ask(prompt, `<question>${escape(asked)}</question>\n<text>${escape(text)}</text>`);
}

function report(prompt: Prompt, asked: string, { name, text, isError }: ToolResult): string {
  if (isError) return `The tool ${name} failed: ${text}`;
  if (text === '') return `The tool ${name} is done.`;
  if (text.length <= SHORT_CHARS) return `The tool ${name} says: ${text}`;
  return ask(prompt, `<context>${escape(text)}</context>\n<question>${escape(asked)}</question>`);
}

function ask(prompt: Prompt, text: string): string {
  return composeReply({ ...prompt, turns: [{ role: 'user', text, attachments: 0 }] });
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
