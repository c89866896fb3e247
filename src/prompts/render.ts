import { Liquid } from 'liquidjs';
import type { FrontMatter } from '../../schemas/wire/prompt-file.ts';
import { problem, type ProblemError } from '../errors/problem.ts';
import { buildEscape, inAttribute, tagsOf } from './escape.ts';
import { guardTags } from './guard.ts';
import type { PromptFile } from './parse.ts';
import { sharedBy } from './shared.ts';
import { demandDefaults, fillVariables } from './variables.ts';

/** A prompt's templates, compiled once. */
export interface CompiledTemplate {
  /** Names that the templates use, of callers or not. */
  used: readonly string[];
  /** @throws ProblemError invalid_input when a variable is missing, of another type or too long */
  render(variables: Record<string, unknown>): { system: string; user: string };
  /** The same; also a field that is not there is an error. @throws Error naming it */
  renderStrictly(variables: Record<string, unknown>): { system: string; user: string };
}

/** All but what shows a value without passing it through the escape, or reads what is not in the file. */
const ALLOWED_TAGS = new Set(
  ['assign', 'capture', 'if', 'unless', 'case', 'for', 'break', 'continue'].concat([
    ...['comment', '#', 'raw', 'echo', 'render'],
  ]),
);

/** Limits of filling in, so that no caller's list or number makes a template hold up all others. */
const LIMITS = { renderLimit: 1_000, memoryLimit: 50_000_000 };

/**
 * Compile a prompt. Templates are Liquid, without code and without files: `{% render 'name' %}` takes one
 * of the shared texts, by name.
 * @throws Error when a template is broken, uses a tag or filter that there is not, or shows a value where
 *   it could break out of its place
 */
export function compilePrompt(
  file: PromptFile,
  shared: ReadonlyMap<string, string>,
): CompiledTemplate {
  const { variables: declared } = file.meta;
  demandDefaults(declared);
  const engine = buildEngine(file, sharedBy(file.text, shared));
  const system = compileSection(file.system, engine);
  const user = compileSection(file.user, engine);
  const used = [...new Set([...system.used, ...user.used])];
  demandDeclared(used, declared);
  const renderBy = (strictly: boolean) => (given: Record<string, unknown>) => {
    const variables = fillVariables(declared, given);
    return { system: system.fill(variables, strictly), user: user.fill(variables, strictly) };
  };
  return { used, render: renderBy(false), renderStrictly: renderBy(true) };
}

interface TemplateSection {
  used: readonly string[];
  fill: (variables: object, strictVariables: boolean) => string;
}

function compileSection(text: string, engine: Liquid): TemplateSection {
  const template = engine.parse(guardTags(text));
  // Most that is told a model is the same each time.
  if (!/\{[{%]/.test(text)) return { used: [], fill: () => text };
  return {
    used: engine.globalVariablesSync(template),
    fill(variables, strictVariables) {
      try {
        return (engine.renderSync(template, variables, { strictVariables }) as string).trim();
      } catch (error) {
        throw isOverLimit(error) ? tooMuch() : error;
      }
    },
  };
}

const isOverLimit = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('limit exceeded');

const tooMuch = (): ProblemError =>
  problem('invalid_input', {
    detail: 'The prompt cannot be filled in with so much: give shorter lists or smaller numbers.',
  });

function buildEngine({ system, user }: PromptFile, shown: ReadonlyMap<string, string>): Liquid {
  const guarded = Array.from(shown, ([name, text]) => {
    try {
      return [name, guardTags(text)] as const;
    } catch (cause) {
      throw new Error(`_shared/${name}: ${cause instanceof Error ? cause.message : ''}`, { cause });
    }
  });
  const engine = new Liquid({
    templates: Object.fromEntries(guarded),
    relativeReference: false,
    strictFilters: true,
    lenientIf: true,
    cache: true,
    ownPropertyOnly: true,
    outputEscape: buildEscape(tagsOf([system, user, ...shown.values()].join('\n'))),
    ...LIMITS,
  });
  for (const tag of Object.keys(engine.tags))
    if (!ALLOWED_TAGS.has(tag)) Reflect.deleteProperty(engine.tags, tag);
  // They run text as code; it might be a caller's.
  for (const filter of Object.keys(engine.filters))
    if (filter.endsWith('_exp')) Reflect.deleteProperty(engine.filters, filter);
  // In Liquid it lets a value past the escape.
  engine.registerFilter('raw', (value: unknown) => value);
  engine.registerFilter('in_attribute', inAttribute);
  return engine;
}

function demandDeclared(used: readonly string[], declared: FrontMatter['variables']): void {
  const unknown = used.find((name) => !Object.hasOwn(declared, name));
  if (unknown === undefined) return;
  const names = Object.keys(declared).join(', ');
  throw new Error(
    `uses the variable "${unknown}", which it does not declare. It declares: ${names || 'none'}`,
  );
}
