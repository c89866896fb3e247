const RENDER = /\{%-?\s*render\s+(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/g;

/**
 * The shared texts that a text shows, and those that they show.
 * @throws Error for a text that shows itself
 */
export function sharedBy(
  text: string,
  shared: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const shown = new Map<string, string>();
  const collect = (from: string, path: readonly string[]): void => {
    for (const { groups } of from.matchAll(RENDER)) {
      const name = groups?.['double'] ?? groups?.['single'] ?? '';
      if (path.includes(name))
        throw new Error(`the shared text ${name} shows itself: ${[...path, name].join(', ')}`);
      const content = shared.get(name);
      if (content === undefined || shown.has(name)) continue;
      collect(content, [...path, name]);
      shown.set(name, content);
    }
  };
  collect(text, []);
  return shown;
}
