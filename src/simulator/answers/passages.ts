import { readSections, unescapeMarkup } from './sections.ts';

/** A stretch of knowledge that can answer something: an entry of a handbook, a paragraph of a document. */
export interface HandbookPassage {
  /** Name of the source: the entry's question, or the document's title. */
  readonly title: string;
  /** The heading right above, and the category above that. */
  readonly heading: string;
  readonly category: string;
  readonly body: string;
  /** Position of the document it is from, as the prompt counts them. */
  readonly document: number | null;
}

const HEADING_LINE = /^(#{1,6})\s+(.+?)\s*#*$/;
const FAQ_QUESTION = /^(?:\*\*)?Q(?:uestion)?\s*\d*\s*[:.)]\s*(.+?)(?:\*\*)?$/i;
const FAQ_ANSWER = /^(?:\*\*)?A(?:nswer)?\s*\d*\s*[:.)]\s*(?:\*\*)?/i;

/** Cuts knowledge into passages: `<document>`s if it has them, else the text as one document. */
export function readPassages(knowledge: string): HandbookPassage[] {
  const documents = readSections(knowledge).filter(({ tag }) => tag === 'document');
  if (documents.length === 0) return cutDocument(knowledge, { title: '', document: null });
  return documents.flatMap(({ attributes, body }, at) => {
    const title = attributes.get('title') ?? attributes.get('name') ?? '';
    const index = Number(attributes.get('index') ?? at + 1);
    return cutDocument(body, { title, document: Number.isFinite(index) ? index : at + 1 });
  });
}

type Origin = Pick<HandbookPassage, 'title' | 'document'>;

function cutDocument(escaped: string, { title, document }: Origin): HandbookPassage[] {
  const entries = readEntries(unescapeMarkup(escaped));
  return entries.flatMap(({ heading, category, body }) => {
    // An entry of a handbook is one answer; free text is looked at by the paragraph.
    const isEntry = title === '' && heading !== '';
    const bodies = isEntry ? [body] : body.split(/\n\s*\n/);
    return bodies.flatMap((part) => {
      const trimmed = part.trim();
      if (trimmed === '') return [];
      return [{ title: title || heading, heading, category, body: trimmed, document }];
    });
  });
}

interface HandbookEntry {
  readonly heading: string;
  readonly category: string;
  body: string;
}

/** Headings of any level open an entry; a heading above deeper ones is their category. */
function readEntries(text: string): HandbookEntry[] {
  const entries: HandbookEntry[] = [{ heading: '', category: '', body: '' }];
  const above: string[] = [];
  for (const line of text.split('\n')) {
    const found = HEADING_LINE.exec(line) ?? FAQ_QUESTION.exec(line.trim());
    if (!found) {
      const last = entries.at(-1);
      if (last) last.body += `${line.replace(FAQ_ANSWER, '')}\n`;
      continue;
    }
    const level = found.length > 2 ? (found[1]?.length ?? 1) : 6;
    const heading = (found[2] ?? found[1] ?? '').trim();
    above.length = Math.min(above.length, level - 1);
    above[level - 1] = heading;
    const category = above.slice(0, -1).filter(Boolean).join(' ');
    entries.push({ heading, category, body: '' });
  }
  return entries.filter(({ body }) => body.trim() !== '');
}
