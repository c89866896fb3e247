import { tagsOf } from './escape.ts';
import type { LoadedVersion } from './registry.ts';

/** No text has it: the end of the private use area. */
const MARK = '\u{10FFFD}';

/**
 * Variables of callers that stand outside of every section of the rendered prompt. Each string that
 * a caller gives is replaced by a mark, and then looked for.
 */
export function outsideSections(
  { render, text }: Pick<LoadedVersion, 'render' | 'text'>,
  variables: Record<string, unknown>,
): string[] {
  const tags = tagsOf(text);
  return Object.keys(variables).filter((name) => {
    const marked = { ...variables, [name]: withMarks(variables[name]) };
    const { system, user } = render(marked);
    return [system, user].some((part) =>
      [...part.matchAll(new RegExp(MARK, 'gu'))].some(({ index }) => !isInside(part, index, tags)),
    );
  });
}

function withMarks(value: unknown): unknown {
  if (typeof value === 'string') return MARK;
  if (Array.isArray(value)) return value.map(withMarks);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withMarks(each)]));
}

/** Whether a place is between an opening tag and its end, or inside a tag. */
function isInside(part: string, place: number, tags: readonly string[]): boolean {
  const before = part.slice(0, place);
  if (before.lastIndexOf('<') > before.lastIndexOf('>')) return true;
  return tags.some((tag) => {
    const opened = before.match(new RegExp(`<${tag}(?=[\\s>])`, 'g'))?.length ?? 0;
    const closed = before.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0;
    return opened > closed;
  });
}
