import { Liquid, type Template } from 'liquidjs';
import type { FrontMatter } from '../../schemas/prompt-file.ts';
import { buildEscape, guardAttributes, inAttribute, tagsOf } from './escape.ts';
import type { PromptFile } from './parse.ts';
import { fillVariables } from './variables.ts';

/** A prompt's templates, compiled once. */
export interface Compiled {
  /** Names that the templates use, of callers or not. */
  used: readonly string[];
  /** @throws ProblemError invalid_input when a variable is missing, of another type or too long */
  render(variables: Record<string, unknown>): { system: string; user: string };
  /** The same; also a field that is not there is an error. @throws Error naming it */
  renderStrictly(variables: Record<string, unknown>): { system: string; user: string };
}

/** What shows a value without passing it through the escape, or reads what is not in the file. */
const ALLOWED_TAGS = new Set(
  ['assign', 'capture', 'if', 'unless', 'case', 'for', 'break', 'continue'].concat([
    ...['comment', '#', 'raw', 'echo', 'render'],
  ]),
);

/**
 * Compile a prompt. Templates are Liquid, without code and without files: `{% render 'name' %}` takes one
 * of the shared texts, by name.
 * @throws Error when a template is broken, or uses a tag or filter that there is not
 */
export function compilePrompt(file: PromptFile, shared: ReadonlyMap<string, string>): Compiled {
  const shown = [file.system, file.user, ...sharedBy(file.text, shared).values()].join('\n');
  const engine = new Liquid({
    templates: Object.fromEntries(
      Array.from(shared, ([name, text]) => [name, guardAttributes(text)]),
    ),
    relativeReference: false,
    strictFilters: true,
    lenientIf: true,
    cache: true,
    ownPropertyOnly: true,
    outputEscape: buildEscape(tagsOf(shown)),
  });
  for (const tag of Object.keys(engine.tags))
    if (!ALLOWED_TAGS.has(tag)) Reflect.deleteProperty(engine.tags, tag);
  // In Liquid it lets a value past the escape.
  engine.registerFilter('raw', (value: unknown) => value);
  engine.registerFilter('in_attribute', inAttribute);
  const system = engine.parse(guardAttributes(file.system));
  const user = engine.parse(guardAttributes(file.user));
  const used = [...new Set([system, user].flatMap((each) => engine.globalVariablesSync(each)))];
  const fill = (template: Template[], variables: object, strictVariables: boolean): string =>
    (engine.renderSync(template, variables, { strictVariables }) as string).trim();
  const renderBy = (strictly: boolean) => (given: Record<string, unknown>) => {
    const variables = fillVariables(file.meta.variables, given);
    return { system: fill(system, variables, strictly), user: fill(user, variables, strictly) };
  };
  demandDeclared(used, file.meta.variables);
  return { used, render: renderBy(false), renderStrictly: renderBy(true) };
}

function demandDeclared(used: readonly string[], declared: FrontMatter['variables']): void {
  const unknown = used.find((name) => !Object.hasOwn(declared, name));
  if (unknown === undefined) return;
  const names = Object.keys(declared).join(', ');
  throw new Error(
    `uses the variable "${unknown}", which it does not declare. It declares: ${names || 'none'}`,
  );
}

/** The shared texts that a text names, or that those name. */
export function sharedBy(
  text: string,
  shared: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  const collect = (from: string): void => {
    for (const [name, content] of shared) {
      if (named.has(name) || !from.includes(name)) continue;
      named.set(name, content);
      collect(content);
    }
  };
  collect(text);
  return named;
}
