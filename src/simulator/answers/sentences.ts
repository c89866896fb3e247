const ABBREVIATION =
  /(?:\b(?:mr|mrs|ms|dr|prof|st|no|nr|vs|etc|inc|ltd|co|corp|approx|e\.g|i\.e|u\.s|a\.m|p\.m|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)|\b\p{Lu})\.$/iu;
/**
 * The end of a sentence: a full stop and the like, closing quotes, then white space; or the end of a CJK one.
 * A run of stops is looked at from its beginning alone.
 */
const END = /(?<![.!?…])[.!?…]+["'”’)\]]*(?=\s|$)|[。！？]+/gu;
const LIST_MARK = /^\s*(?:[-*•‣–]|\d{1,3}[.)])\s+/;
/** "Due date: 3 May" says what it says without the lines around it. */
const STATEMENT = /^\s*\p{Lu}[^:.!?]{0,40}:\s+\S/u;
const HEADING = /^\s*#{1,6}\s+/;

/** Splits prose into sentences; lines of a list and paragraphs are borders too. */
export function splitSentences(text: string): string[] {
  return splitBlocks(text).flatMap(splitBlock);
}

/** Paragraphs, with the hard-wrapped lines of each joined, and each line of a list on its own. */
function splitBlocks(text: string): string[] {
  const blocks: string[] = [];
  let open = '';
  function close(): void {
    if (open) blocks.push(open);
    open = '';
  }
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed === '' || HEADING.test(line)) {
      close();
    } else if (STATEMENT.test(line)) {
      close();
      blocks.push(trimmed);
    } else if (LIST_MARK.test(line)) {
      close();
      open = trimmed.replace(LIST_MARK, '');
    } else {
      open = open ? `${open} ${trimmed}` : trimmed;
    }
  }
  close();
  return blocks;
}

function splitBlock(block: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const end of block.matchAll(END)) {
    const until = end.index + end[0].length;
    const sentence = block.slice(from, until).trim();
    if (sentence === '' || isOpen(sentence, block.slice(until))) continue;
    sentences.push(sentence);
    from = until;
  }
  const rest = block.slice(from).trim();
  return rest ? [...sentences, rest] : sentences;
}

/** A full stop after an abbreviation, or before a small letter, ends nothing. */
function isOpen(sentence: string, rest: string): boolean {
  if (!sentence.endsWith('.')) return false;
  return ABBREVIATION.test(sentence.slice(-12)) || /^\s+\p{Ll}/u.test(rest.slice(0, 3));
}

export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu)?.length ?? 0;
}
