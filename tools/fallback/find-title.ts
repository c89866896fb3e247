import { countWords } from './words.ts';

const MOST_TITLE_WORDS = 14;

/** A title stands at the top. */
const MAX_HEAD_CHARS = 2_000;

/** A first line that opens a letter or a table of headers names no topic. */
const NO_TITLE = /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b|: |[.!?,:;|]$/i;

/** The name a text gives itself: a heading, the subject of a mail, a short first line that stands alone. */
export function findTitle(text: string): string | null {
  const lines = `${text}\n`
    .slice(0, MAX_HEAD_CHARS)
    .split(/[\n\r]+/)
    // The last one may have been cut through.
    .slice(0, -1)
    .map((line) => line.trim())
    .filter(Boolean);
  const [first = ''] = lines;
  const heading = /^#{1,6}\s+(\S.*)$/.exec(first)?.[1];
  const subject = lines.map((line) => /^subject:\s*(\S.*)$/i.exec(line)?.[1]).find(Boolean);
  const named = heading ?? subject;
  if (named !== undefined) return named.replace(/\s+/g, ' ').replace(/\.$/, '');
  const standsAlone = lines.length > 1 && countWords(first) <= MOST_TITLE_WORDS;
  return standsAlone && !NO_TITLE.test(first) ? first.replace(/\s+/g, ' ') : null;
}
