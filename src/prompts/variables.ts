import type { FieldError } from '../../schemas/wire/problem.ts';
import type { FrontMatter } from '../../schemas/wire/prompt-file.ts';
import { problem } from '../errors/problem.ts';

type Variables = FrontMatter['variables'];
type Variable = Variables[string];

/**
 * Input of a template: the declared variables and nothing else, defaults where nothing was given.
 * @throws ProblemError invalid_input naming each one that is missing, of another type or too long
 */
export function fillVariables(
  declared: Variables,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const errors: FieldError[] = [];
  const filled: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(declared)) {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? variable.default;
    const wrong = whatIsWrong(value, variable);
    if (wrong) errors.push({ pointer: `/${name}`, ...wrong });
    else filled[name] = value ?? null;
  }
  if (errors.length === 0) return filled;
  const names = errors.map(({ pointer }) => pointer.slice(1)).join(', ');
  throw problem('invalid_input', { detail: `The prompt cannot be filled in: ${names}.`, errors });
}

/** @throws Error for a default that its own variable refuses, or a length of what has none */
export function demandDefaults(declared: Variables): void {
  for (const [name, variable] of Object.entries(declared)) {
    const { type, default: preset, max_length: longest } = variable;
    if (longest !== undefined && type !== 'string' && type !== 'array')
      throw new Error(`the variable "${name}" has a max_length, which a ${type} does not have`);
    const wrong = preset === undefined ? null : whatIsWrong(preset, variable);
    if (wrong === null) continue;
    const { detail, expected } = wrong;
    throw new Error(
      `the default of the variable "${name}": ${detail}; expected: ${expected ?? type}`,
    );
  }
}

function whatIsWrong(
  value: unknown,
  { required, type, max_length: longest = Infinity }: Variable,
): Omit<FieldError, 'pointer'> | null {
  if (value === undefined || value === null)
    return required ? { code: 'required', detail: 'It is missing', expected: type } : null;
  if (typeOf(value) !== type)
    return { code: 'wrong_type', detail: `It is of type ${typeOf(value)}`, expected: type };
  const length = typeof value === 'string' || Array.isArray(value) ? value.length : 0;
  if (length <= longest) return null;
  const expected = `at most ${String(longest)}`;
  return { code: 'too_long', detail: `Its length is ${String(length)}`, expected };
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);
