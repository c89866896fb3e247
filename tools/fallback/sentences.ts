/** Shorter lines end where their author ended them; longer ones were wrapped by a program. */
const WRAPPED_FROM_CHARS = 60;

const LIST_MARK = /^(?:[-*•–>]|\d{1,3}[.)])\s+/;
const STARTS_ANEW = /^(?:[#|]|[-*•–>]\s|\d{1,3}[.)]\s)/;
/** Loose marks and control characters are no sentence. */
const SAYS_SOMETHING = /[\p{L}\p{N}]/u;
const MARKS = /[.!?…。！？]+/g;
const CLOSERS = new Set('"\'”’»)]」』');

/** A full stop after one of these ends no sentence. */
const ABBREVIATED =
  /(?:^|[\s(])(?:\p{L}|\p{L}\.\p{L}|mr|mrs|ms|dr|prof|st|no|nr|vs|approx|incl|e\.g|i\.e|z\.b|d\.h|bzw|ca)$/iu;

/**
 * The sentences of a text, in order and word for word; only runs of white space become one space.
 * A line that stands alone (a heading, an item of a list) counts as a sentence. Work grows with the
 * length of the text and no faster.
 */
export const splitSentences = (text: string): string[] => joinLines(text).flatMap(splitLine);

/** Undoes line breaks inside sentences. */
function joinLines(text: string): string[] {
  const joined: string[][] = [];
  let before = '';
  for (const each of text.split(/\r\n|[\n\r\u2028\u2029]/)) {
    const line = each.trim();
    if (continues(before, line)) joined.at(-1)?.push(line);
    else if (line !== '') joined.push([line.replace(LIST_MARK, '')]);
    before = line;
  }
  return joined.map((lines) => lines.join(' ').replace(/\s+/g, ' ').trim());
}

function continues(before: string, line: string): boolean {
  if (before === '' || line === '' || before.startsWith('#') || STARTS_ANEW.test(line))
    return false;
  if (/[.!?:;|]$/.test(before)) return false;
  return /^\p{Ll}/u.test(line) || before.length >= WRAPPED_FROM_CHARS;
}

function splitLine(line: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (const { 0: mark, index } of line.matchAll(MARKS)) {
    let end = index + mark.length;
    while (CLOSERS.has(line.charAt(end))) end += 1;
    // The text after it is looked at first: a long word full of dots then costs nothing.
    if (!isOpenAfter(line, mark, end) || isAbbreviated(line, mark, index)) continue;
    sentences.push(line.slice(from, end).trim());
    from = end;
  }
  return [...sentences, line.slice(from).trim()].filter((sentence) =>
    SAYS_SOMETHING.test(sentence),
  );
}

function isOpenAfter(line: string, mark: string, end: number): boolean {
  if (/[。！？]/.test(mark) || end === line.length) return true;
  return line.charAt(end) === ' ' && !/^\p{Ll}/u.test(line.slice(end + 1, end + 3));
}

const isAbbreviated = (line: string, mark: string, index: number): boolean =>
  mark === '.' && ABBREVIATED.test(line.slice(Math.max(0, index - 8), index));

/** Whether it reads as a sentence, unlike a heading, a table row or a greeting. */
export const isProse = (sentence: string): boolean =>
  !sentence.startsWith('#') &&
  !sentence.startsWith('|') &&
  /[.!?…。！？]["'”’»)\]」』]*$/.test(sentence);
