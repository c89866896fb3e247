/**
 * A caller's text is data: it must not be able to close the section it stands in, or open another.
 */

/** What a model may take for the `<` of a tag: also of full width, or small. */
const OPENERS = '<\uFF1C\uFE64';
const OPENER = new RegExp(`[${OPENERS}]`);
const CLOSERS = '>\uFF1E\uFE65';
/** What may stand inside a tag and is not seen. */
const GAP = String.raw`[\s\p{Cf}]*`;

/** Names of the tags that a template marks its sections with. */
export const tagsOf = (template: string): string[] => [
  ...new Set([...template.matchAll(/<([a-z][a-z0-9_-]*)/g)].map(([, tag]) => tag ?? '')),
];

/**
 * Makes text harmless: the given tags lose their `<`, all else stays as it was. Also a `<` with which a
 * text ends, for the text behind it may go on with a name.
 */
export function buildEscape(tags: readonly string[]): (value: unknown) => string {
  const names = tags.map((tag) => Array.from(tag).join(String.raw`\p{Cf}*`)).join('|');
  const tag = `${GAP}/?${GAP}(?:(?:${names})(?![\\p{L}\\p{N}_-])|[\\w-]{0,40}$)`;
  const pattern = new RegExp(`[${OPENERS}](?=${tag})`, 'giu');
  return (value) => {
    const text = toText(value);
    // Most texts have none, and this is quick to see.
    return tags.length === 0 || !OPENER.test(text) ? text : text.replace(pattern, '&lt;');
  };
}

const toText = (value: unknown): string =>
  typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value);

const IN_QUOTES = new RegExp(`["${OPENERS}${CLOSERS}]|\\s+`, 'g');

/** Inside quotes of a tag the quote ends the value, and a `>` the tag. */
export const inAttribute = (value: unknown): string =>
  toText(value).replace(IN_QUOTES, (sign) => {
    if (sign === '"') return '&quot;';
    if (OPENERS.includes(sign)) return '&lt;';
    return CLOSERS.includes(sign) ? '&gt;' : ' ';
  });

const LIQUID = /\{\{-?(?<shown>[\s\S]*?)-?\}\}|\{%[\s\S]*?%\}/g;

/**
 * A template whose values between quotes of a tag go through the filter `in_attribute`: where a value
 * stands is known when the template is compiled, and nobody has to remember it.
 */
export function guardAttributes(template: string): string {
  let state: 'text' | 'tag' | 'quoted' = 'text';
  let guarded = '';
  let from = 0;
  for (const found of template.matchAll(LIQUID)) {
    const literal = template.slice(from, found.index);
    state = after(state, literal);
    from = found.index + found[0].length;
    const isShown = found.groups?.['shown'] !== undefined;
    guarded += literal + (isShown && state !== 'text' ? guard(found[0]) : found[0]);
  }
  return guarded + template.slice(from);
}

const guard = (output: string): string => output.replace(/(-?\}\})$/, ' | in_attribute $1');

function after(state: 'text' | 'tag' | 'quoted', literal: string): typeof state {
  let now = state;
  for (let at = 0; at < literal.length; at += 1) {
    const sign = literal[at];
    if (now === 'text' && sign === '<' && /^<[a-z]/.test(literal.slice(at, at + 2))) now = 'tag';
    else if (now === 'tag' && sign === '>') now = 'text';
    else if (sign === '"' && now !== 'text') now = now === 'tag' ? 'quoted' : 'tag';
  }
  return now;
}
