const QUOTED = String.raw`"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'`;

/** As Liquid reads it: between quotes a `}}` ends nothing, a `%}` does; of two blocks nothing is run. */
const LIQUID = new RegExp(
  [
    String.raw`\{\{(?<shown>(?:${QUOTED}|[^"'])*?)\}\}`,
    String.raw`\{%-?\s*(?<block>comment|raw)\s*-?%\}[\s\S]*?\{%-?\s*end\k<block>\s*-?%\}`,
    String.raw`\{%-?\s*(?<tag>\w*)[\s\S]*?%\}`,
  ].join('|'),
  'g',
);

const SHOWING = new Set(['echo', 'render']);

const NAME_FROM_VALUE = /<\s*\/?\s*$/;

/**
 * A template whose values between quotes of a tag go through the filter `in_attribute`: where a value
 * stands is known when the template is compiled, and nobody has to remember it.
 * @throws Error where a value could name a tag, or stands inside one without double quotes
 */
export function guardTags(template: string): string {
  let place: OutputPlace = 'text';
  let guarded = '';
  let literals = '';
  let from = 0;
  for (const { 0: whole, index, groups } of template.matchAll(LIQUID)) {
    const literal = template.slice(from, index);
    place = after(place, literal);
    literals += literal;
    from = index + whole.length;
    const isShown = shows(groups);
    if (isShown) demandSafe(place, whole, literals);
    const isQuoted = isShown && place === 'quoted';
    guarded += literal + (isQuoted ? whole.replace(/-?\}\}$/, ' | in_attribute $&') : whole);
  }
  return guarded + template.slice(from);
}

const shows = (groups: Record<string, string | undefined> | undefined): boolean =>
  groups?.['shown'] !== undefined || SHOWING.has(groups?.['tag'] ?? '');

type OutputPlace = 'text' | 'tag' | 'quoted';

const RENDER = /^\{%-?\s*render\b(?!\s+(?:"[^"{]*"|'[^'{]*'))/;

function demandSafe(place: OutputPlace, whole: string, before: string): void {
  // Else nobody knows from the files what is shown, and a caller might say it.
  if (RENDER.test(whole))
    throw new Error(`${whole}: write the name of the shared text out, in quotes`);
  if (place === 'text' && NAME_FROM_VALUE.test(before))
    throw new Error(`${whole} stands right behind a <, where a caller could name a tag`);
  if (place === 'tag')
    throw new Error(`${whole} stands inside a tag: put it between double quotes, as in name="…"`);
  if (place === 'quoted' && !whole.startsWith('{{'))
    throw new Error(`${whole} stands between the quotes of a tag, where only {{ … }} may stand`);
}

function after(place: OutputPlace, literal: string): OutputPlace {
  let now = place;
  for (let at = 0; at < literal.length; at += 1) {
    const sign = literal[at];
    if (now === 'text' && /^<\p{L}/u.test(literal.slice(at, at + 3))) now = 'tag';
    else if (now === 'tag' && sign === '>') now = 'text';
    else if (sign === '"' && now !== 'text') now = now === 'tag' ? 'quoted' : 'tag';
  }
  return now;
}
