import type { LoadedVersion } from './registry.ts';

/** No text has it: private use. */
const MARK = '\uF8FE';

/**
 * Variables of callers that stand outside of every section of the rendered prompt. Each string that a
 * caller may give is replaced by a mark, and then looked for.
 * @param variables what the others are meanwhile
 */
export function outsideSections(
  { meta, render }: Pick<LoadedVersion, 'meta' | 'render'>,
  variables: Record<string, unknown>,
): string[] {
  const isOutside = ([name, { type }]: [string, { type: string }]): boolean => {
    const marked = type === 'string' ? MARK : withMarks(variables[name]);
    const { system, user } = render({ ...variables, [name]: marked });
    return [system, user].some((part) =>
      [...part.matchAll(new RegExp(MARK, 'g'))].some(({ index }) => !isInside(part, index)),
    );
  };
  return Object.entries(meta.variables)
    .filter(isOutside)
    .map(([name]) => name);
}

function withMarks(value: unknown): unknown {
  if (typeof value === 'string') return MARK;
  if (Array.isArray(value)) return value.map(withMarks);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withMarks(each)]));
}

const IN_TAG = /<\/?\p{L}[^<>]*$/u;
const TAG = /<(?<end>\/?)(?<name>\p{L}[\p{L}\p{N}_-]*)[^<>]*(?<!\/)>/gu;

/** Whether a place is between an opening tag and its end, or inside a tag. */
function isInside(part: string, place: number): boolean {
  const [before, behind] = [part.slice(0, place), part.slice(place)];
  if (IN_TAG.test(before)) return true;
  const open = new Map<string, number>();
  for (const { groups } of before.matchAll(TAG)) {
    const { name = '', end } = groups ?? {};
    open.set(name, (open.get(name) ?? 0) + (end === '' ? 1 : -1));
  }
  return [...open].some(([name, depth]) => depth > 0 && behind.includes(`</${name}>`));
}
