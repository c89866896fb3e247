import { z } from 'zod';
import { toFieldErrors } from '../../core/tool/field-errors.ts';
import { problem } from '../../errors/problem.ts';

/** Params of requests for prompts, as far as they are looked at. */
export const GetPromptParams = z.object({
  name: z.string(),
  /** The protocol knows strings only. */
  arguments: z.record(z.string(), z.string()).optional(),
});

export const ReadResourceParams = z.object({ uri: z.string() });

export const CompleteParams = z.object({
  ref: z.discriminatedUnion('type', [
    z.object({ type: z.literal('ref/prompt'), name: z.string() }),
    z.object({ type: z.literal('ref/resource'), uri: z.string() }),
  ]),
  argument: z.object({ name: z.string(), value: z.string() }),
  context: z.object({ arguments: z.record(z.string(), z.string()).optional() }).optional(),
});

export type GetPromptParams = z.infer<typeof GetPromptParams>;
export type ReadResourceParams = z.infer<typeof ReadResourceParams>;
export type CompleteParams = z.infer<typeof CompleteParams>;

/** For the SDK, which would call what it refuses our mistake (-32603) and explain it in its own words. */
export const ANY_PARAMS = { params: z.looseObject({}) };

/** @throws ProblemError invalid_request naming each wrong field */
export function parseParams<S extends z.ZodType>(schema: S, params: unknown): z.output<S> {
  const result = schema.safeParse(params);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(toFieldErrors);
  const [first] = errors;
  throw problem('invalid_request', {
    detail: `params${first?.pointer ?? ''}: ${first?.detail ?? 'is wrong'}.`,
    errors,
  });
}
