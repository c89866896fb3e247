import { splitSentences } from './sentences.ts';
import { countWords } from './words.ts';

/** A stretch of a text that can answer something: a few neighbouring sentences under one heading. */
export interface TextPassage {
  /** Name to cite it by. */
  source: string;
  /** The heading right above, or the title of the text; empty without either. */
  heading: string;
  /** The headings above that one. */
  above: string;
  sentences: readonly string[];
}

/** A longer passage would share words with any question. */
const MAX_PASSAGE_WORDS = 140;

/** A document has some thousand; one of lines without words has as many as lines, and each takes its time. */
export const MOST_PASSAGES = 4_000;

const HEADING = /^(#{1,6})\s+(\S.*)$/;

/**
 * Cuts a text at its headings, its empty lines, and where a paragraph gets long.
 * Reads no further than {@link MOST_PASSAGES}.
 * @param name what to cite by where there is neither heading nor title
 */
export function readPassages(text: string, title: string, name: string): TextPassage[] {
  const path: string[] = [title];
  const passages: TextPassage[] = [];
  let lines: string[] = [];
  const close = () => {
    if (lines.length === 0) return;
    const headings = path.filter(Boolean);
    const heading = headings.pop() ?? '';
    const place = { source: heading || name, heading, above: headings.join(' ') };
    for (const sentences of groupSentences(splitSentences(lines.join('\n')))) {
      passages.push({ ...place, sentences });
    }
    lines = [];
  };
  for (const line of text.split(/\r\n|[\n\r]/)) {
    if (passages.length >= MOST_PASSAGES) break;
    const [, marks = '', heading = ''] = HEADING.exec(line) ?? [];
    if (heading === '' && line.trim() !== '') {
      lines.push(line);
      continue;
    }
    close();
    if (heading === '') continue;
    // A skipped level leaves a hole, which belongs to no heading above.
    path.length = marks.length;
    path[marks.length] = heading.trim();
  }
  close();
  return passages;
}

function groupSentences(sentences: readonly string[]): string[][] {
  const groups: string[][] = [];
  let room = 0;
  for (const sentence of sentences) {
    const words = countWords(sentence);
    const last = groups.at(-1);
    if (last && words <= room) last.push(sentence);
    else {
      groups.push([sentence]);
      room = MAX_PASSAGE_WORDS;
    }
    room -= words;
  }
  return groups;
}
