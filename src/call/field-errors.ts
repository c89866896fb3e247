import type { FieldError } from '../../schemas/problem.ts';
import type { AnySchema } from './json-schema.ts';

type Issue = NonNullable<
  Extract<Awaited<ReturnType<AnySchema['~standard']['validate']>>, { issues?: unknown }>['issues']
>[number];

/** Mistakes that a schema found, as every problem lists them. zod 3 and zod 4 say more about an issue than Standard Schema promises; use it where it is there. */
export function toFieldErrors(issue: Issue): FieldError[] {
  const { code = 'invalid', expected, keys, values } = issue as ZodIssueParts;
  const pointer = (issue.path ?? []).map(toSegment).join('');
  if (keys) {
    return keys.map((key) => ({
      pointer: `${pointer}${toSegment(key)}`,
      code: 'unknown_field',
      detail: 'There is no such field',
    }));
  }
  const wanted = expected ?? values?.map((value) => JSON.stringify(value)).join(' or ');
  return [
    { pointer, code, detail: issue.message, ...(wanted !== undefined && { expected: wanted }) },
  ];
}

interface ZodIssueParts {
  code?: string;
  expected?: string;
  keys?: string[];
  values?: unknown[];
}

/** One step of a JSON pointer (RFC 6901). */
function toSegment(step: PropertyKey | { key: PropertyKey }): string {
  const key = String(typeof step === 'object' ? step.key : step);
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
