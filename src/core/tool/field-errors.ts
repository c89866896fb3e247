import type { FieldError } from '../../../schemas/wire/problem.ts';
import type { AnySchema } from './json-schema.ts';

type Issue = NonNullable<
  Extract<Awaited<ReturnType<AnySchema['~standard']['validate']>>, { issues?: unknown }>['issues']
>[number];

/** Mistakes that a schema found, as every problem lists them. zod 3 and zod 4 say more about an issue than Standard Schema promises; use it where it is there. */
export function toFieldErrors(issue: Issue): FieldError[] {
  const { code = 'invalid', expected, keys, values, options } = issue as ZodIssueParts;
  const pointer = (issue.path ?? []).map(toSegment).join('');
  if (keys) {
    return keys.map((key) => ({
      pointer: `${pointer}${toSegment(key)}`,
      code: 'unknown_field',
      detail: 'There is no such field',
    }));
  }
  const allowed = values ?? options ?? (isLiteral(code) ? [expected] : undefined);
  const wanted = allowed?.map((value) => JSON.stringify(value)).join(' or ') ?? expected;
  return [
    {
      pointer,
      code,
      detail: issue.message,
      ...(typeof wanted === 'string' && { expected: wanted }),
    },
  ];
}

interface ZodIssueParts {
  code?: string;
  /** A type; with zod 3's literals the value itself. */
  expected?: unknown;
  keys?: string[];
  /** Names of the values of an enum in zod 4 and zod 3. */
  values?: unknown[];
  options?: unknown[];
}

const isLiteral = (code: string): boolean => code === 'invalid_literal';

/** One step of a JSON pointer (RFC 6901). */
function toSegment(step: PropertyKey | { key: PropertyKey }): string {
  const key = String(typeof step === 'object' ? step.key : step);
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
