/** A piece of a prompt between `<tag …>` and `</tag>`. */
export interface TaggedSection {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly body: string;
}

const OPENING = /<([a-z][\w-]*)((?:\s+[\w-]+="[^"]*")*)\s*>/gi;
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g;

/** The outermost sections of a text, in order, whatever their tags are called. */
export function readSections(text: string): TaggedSection[] {
  const sections: TaggedSection[] = [];
  let from = 0;
  for (const opening of text.matchAll(OPENING)) {
    const [whole, tag = '', attributes = ''] = opening;
    if (opening.index < from) continue;
    const start = opening.index + whole.length;
    const end = text.indexOf(`</${tag}>`, start);
    if (end < 0) continue;
    sections.push({
      tag: tag.toLowerCase(),
      attributes: new Map(
        [...attributes.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [
          name,
          unescapeMarkup(value),
        ]),
      ),
      body: text.slice(start, end).trim(),
    });
    from = end + tag.length + 3;
  }
  return sections;
}

/** Rest of a text without its sections: the instructions around the material. */
export function outsideSections(text: string): string {
  return readSections(text)
    .reduce((rest, { tag, body }) => removeSection(rest, tag, body), text)
    .trim();
}

function removeSection(text: string, tag: string, body: string): string {
  const bodyAt = text.indexOf(body);
  const start = text.lastIndexOf(`<${tag}`, bodyAt);
  const closing = `</${tag}>`;
  const end = text.indexOf(closing, bodyAt + body.length);
  return start < 0 || end < 0 ? text : text.slice(0, start) + text.slice(end + closing.length);
}

/** Callers' text arrives escaped so that it cannot open a section of its own. */
export function unescapeMarkup(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
