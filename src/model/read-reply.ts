import type { ReplyCheck } from '../core/call/reply-check.ts';

/** A whole reply of a model: what it says, or what is wrong with it in words the model can act on. */
export type ParsedReply = { ok: true; output: unknown } | { ok: false; complaint: string };

/** Most mistakes named in one complaint: the first ones usually cause the rest. */
const MOST_MISTAKES = 5;

/** @throws ProblemError schema_too_costly, checks_busy: nobody knows whether it fits */
export async function readReply(reply: string, check: ReplyCheck): Promise<ParsedReply> {
  let output: unknown;
  try {
    output = JSON.parse(reply);
  } catch {
    const complaint = 'Your reply is not JSON. Answer again with the JSON object alone.';
    return { ok: false, complaint };
  }
  const mistakes = await check(output);
  if (mistakes.length === 0) return { ok: true, output };
  const named = mistakes
    .slice(0, MOST_MISTAKES)
    .map(({ pointer, detail }) => `"${pointer}" ${detail}`)
    .join('; ');
  return {
    ok: false,
    complaint: `Your reply does not fit the schema: ${named}. Answer again with the whole corrected object alone.`,
  };
}
