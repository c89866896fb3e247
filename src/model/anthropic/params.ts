import type { ModelRequest } from '../provider.ts';

export type TransformSchema = (schema: Record<string, unknown>) => Record<string, unknown>;

/** A request in the words of the Messages API, but for how it is to be answered. */
export function toParams(
  { model, system, user, maxOutputTokens, replySchema, cacheSystem, effort, repair }: ModelRequest,
  transformSchema: TransformSchema,
) {
  const schema = transformSchema(replySchema);
  const asked = { role: 'user' as const, content: user };
  return {
    model,
    max_tokens: maxOutputTokens,
    system: cacheSystem === null ? system : cachedText(system, cacheSystem),
    messages: repair === null ? [asked] : [asked, ...repairing(repair)],
    output_config: {
      format: { type: 'json_schema' as const, schema },
      ...(effort !== undefined && takesEffort(model) && { effort }),
    },
  };
}

/** Models before Opus 4.5 know no effort, and refuse it; what a newer one does not know it refuses itself. */
const takesEffort = (model: string): boolean =>
  !/^claude-(?:[123]|(?:haiku|sonnet)-4|opus-4-(?:[01]|20))/.test(model);

const cachedText = (text: string, ttl: '5m' | '1h') => [
  { type: 'text' as const, text, cache_control: { type: 'ephemeral' as const, ttl } },
];

/** The API takes no empty turn. */
const repairing = ({ reply, complaint }: NonNullable<ModelRequest['repair']>) => [
  { role: 'assistant' as const, content: reply.trim() === '' ? '(nothing)' : reply },
  { role: 'user' as const, content: complaint },
];
