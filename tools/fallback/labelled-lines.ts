import { stem, wordsOf } from './words.ts';

/** `Invoice date:  14 March` or `Subtotal    12.00`: what a line says of what. */
export interface LabelledLine {
  /** Stems of the words of the label. */
  label: readonly string[];
  value: string;
}

/** Longer lines are prose or blobs. It also bounds the work of the patterns below. */
const MAX_LINE_CHARS = 300;

const LABEL = /^(\p{L}[^:]{1,40}):(?:\s+(.*))?$/u;
const NUMBERED = /^(\p{L}[\p{L} ]{0,30} (?:no|nr|number)\.?|\p{L}[\p{L} ]{0,30}#) ?(\S*\d\S*)$/iu;
const SECOND_LABEL = /[.;]\s+\p{Lu}[^.:]{1,30}:\s/u;

const FILLERS = new Set(['a', 'an', 'is', 'my', 'of', 'our', 'the', 'your']);

/** Every line, or cell of a line, that names what it says. */
export const readLabelledLines = (text: string): LabelledLine[] =>
  text
    .split(/[\n\r]+/)
    .filter(({ length }) => length <= MAX_LINE_CHARS)
    .flatMap((line) => readLine(line.replace(/^\s*[-*•]\s+|\*\*/g, '').trim()))
    .filter(({ label, value }) => label.length > 0 && value !== '' && !SECOND_LABEL.test(value));

/** Stems of the words of a label or of a field's name. */
export const labelTerms = (label: string): string[] =>
  wordsOf(label.replace(/(\p{Ll})(?=\p{Lu})|_/gu, '$1 '))
    .filter((word) => !FILLERS.has(word))
    .map(stem);

function readLine(line: string): LabelledLine[] {
  const cells = line.split(/ {2,}|\t+/);
  const [first = '', second = ''] = cells;
  if (cells.length === 2 && !first.includes(':')) return [toLabelled(first, second)];
  return cells.flatMap((cell, at) => {
    const [, label, value = ''] = LABEL.exec(cell) ?? NUMBERED.exec(cell) ?? [];
    if (label === undefined) return [];
    return [toLabelled(label, value === '' ? valueAfter(cells[at + 1]) : value)];
  });
}

/** A label that ends its cell speaks of the next one, unless that has its own. */
const valueAfter = (cell = ''): string => (LABEL.test(cell) ? '' : cell);

const toLabelled = (label: string, value: string): LabelledLine => ({
  label: labelTerms(label.replace(/\([^)]*\)/g, '')),
  value: value.trim(),
});
