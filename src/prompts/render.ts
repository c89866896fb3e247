import { Liquid, type Template } from 'liquidjs';
import type { PromptFile } from './parse.ts';

/** A prompt ready to be filled in. */
export interface CompiledPrompt extends PromptFile {
  /** Changes whenever what the model is told does: the file and every text it shows. Hex. */
  fingerprint: string;
  render(variables: Record<string, unknown>): { system: string; user: string };
}

/** Compiles prompts; `sharedFolder` is where `{% render 'file' %}` looks. */
export function buildCompiler(
  sharedFolder: string,
): (file: PromptFile) => Omit<CompiledPrompt, 'fingerprint'> {
  return (file) => {
    const engine = new Liquid({
      root: sharedFolder,
      relativeReference: false,
      strictFilters: true,
      cache: true,
      ownPropertyOnly: true,
      outputEscape: escapeTags(tagsOf(file)),
    });
    const system = engine.parse(file.system);
    const user = engine.parse(file.user);
    const fill = (template: Template[], variables: Record<string, unknown>): string =>
      (engine.renderSync(template, variables) as string).trim();
    return {
      ...file,
      render: (variables) => ({ system: fill(system, variables), user: fill(user, variables) }),
    };
  };
}

/** Names of the tags a prompt marks its sections with. */
const tagsOf = ({ system, user }: PromptFile): string[] => [
  ...new Set(
    [...`${system}\n${user}`.matchAll(/<([a-z][a-z0-9_-]*)/g)].map(([, tag]) => tag ?? ''),
  ),
];

/**
 * A caller's text is data: it must not be able to close the section it stands in, or open another.
 * So the tags of this very prompt lose their `<`; all other text stays as it was.
 */
function escapeTags(tags: string[]): (value: unknown) => string {
  const pattern = new RegExp(`<(?=\\s*/?\\s*(?:${tags.join('|')})\\b)`, 'gi');
  return (value) => {
    const text = typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value);
    return tags.length === 0 ? text : text.replace(pattern, '&lt;');
  };
}
