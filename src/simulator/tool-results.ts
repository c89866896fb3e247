import { invalid } from './errors.ts';
import type { ContentPart, ReadTurn } from './validate-content.ts';

/** Words of a tool, to be answered with. */
export interface ToolResult {
  readonly name: string;
  readonly text: string;
  readonly isError: boolean;
}

interface ToolUse {
  readonly id: string;
  readonly name: string;
}

/** Every call is answered by the next message, and nothing else is. */
export function checkToolResults(turns: readonly ReadTurn[]): void {
  for (const [index, turn] of turns.entries()) {
    const calls = callsOf(turns[index - 1]);
    const answered = turn.parts.filter(isResult).map((part) => {
      const id = idOf(part);
      if (calls.some((call) => call.id === id)) return id;
      throw invalid(
        `${part.path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    });
    const open = calls.filter(({ id }) => !answered.includes(id)).map(({ id }) => id);
    if (open.length > 0) refuseOpenCalls(index - 1, open);
  }
  const last = callsOf(turns.at(-1)).map(({ id }) => id);
  if (last.length > 0) refuseOpenCalls(turns.length - 1, last);
}

function refuseOpenCalls(index: number, ids: readonly string[]): never {
  throw invalid(
    `messages.${String(index)}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

/** Reads the results that the last message brings; empty when none. */
export function readLastResults(turns: readonly ReadTurn[]): ToolResult[] {
  const calls = callsOf(turns.at(-2));
  const results = turns.at(-1)?.parts.filter(isResult) ?? [];
  return results.map((part) => ({
    name: calls.find(({ id }) => id === idOf(part))?.name ?? '',
    text: part.text,
    isError: part.source['is_error'] === true,
  }));
}

/** The last thing a person said: a message of nothing but results is nobody's words. */
export function readLastAsked(turns: readonly ReadTurn[]): string {
  const said = turns.filter(({ role }) => role === 'user').map(toSpokenText);
  return said.findLast((text) => text !== '') ?? '';
}

function toSpokenText({ parts }: ReadTurn): string {
  return parts
    .flatMap((part) => (isResult(part) || part.text === '' ? [] : [part.text]))
    .join('\n\n');
}

function isResult({ source }: ContentPart): boolean {
  return source['type'] === 'tool_result';
}

function idOf({ source, path }: ContentPart): string {
  const { tool_use_id: id } = source as { tool_use_id?: unknown };
  if (typeof id !== 'string') throw invalid(`${path}.tool_use_id: Field required`);
  return id;
}

function callsOf(turn: ReadTurn | undefined): ToolUse[] {
  if (turn?.role !== 'assistant') return [];
  return turn.parts
    .filter(({ source }) => source['type'] === 'tool_use')
    .map(({ source, path }) => {
      const { id, name } = source as { id?: unknown; name?: unknown };
      if (typeof id !== 'string') throw invalid(`${path}.id: Field required`);
      if (typeof name !== 'string') throw invalid(`${path}.name: Field required`);
      return { id, name };
    });
}
