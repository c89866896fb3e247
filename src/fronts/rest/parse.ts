import type { z } from 'zod';
import { toFieldErrors } from '../../core/tool/field-errors.ts';
import { problem } from '../../errors/problem.ts';

/** @throws ProblemError invalid_request */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(toFieldErrors);
  const [first] = errors;
  throw problem('invalid_request', {
    detail: `Query parameter ${first?.pointer.slice(1) ?? ''}: ${first?.detail ?? 'is wrong'}.`,
    errors,
  });
}

/** No body is no fields. @throws ProblemError invalid_input */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(toFieldErrors);
  const [first] = errors;
  const where = first === undefined || first.pointer === '' ? 'the body' : first.pointer;
  throw problem('invalid_input', {
    detail: `${where}: ${first?.detail ?? 'is wrong'}`,
    errors,
  });
}
