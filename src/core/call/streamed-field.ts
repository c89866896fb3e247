import type { Call } from './call.ts';
import type { Tool } from '../tool/define-tool.ts';

/** The text of the one field that streams; null for a tool without one, or where it is no text. */
export function streamedText(tool: Tool | undefined, output: unknown): string | null {
  const field = tool?.streams;
  if (field === undefined) return null;
  const text = (output as Record<string, unknown>)[field];
  return typeof text === 'string' ? text : null;
}

/**
 * Sends the streamed field of an output that is there already, whole unless it is to be cut.
 * @param cut text -> its pieces, in order
 */
export async function emitStreamedField(
  { emit }: Pick<Call, 'emit'>,
  given: { tool: Tool; output: unknown },
  cut: (text: string) => Iterable<string> = (text) => [text],
): Promise<void> {
  const whole = streamedText(given.tool, given.output);
  if (whole === null) return;
  for (const text of cut(whole)) await emit({ event: 'delta', data: { text } });
}
