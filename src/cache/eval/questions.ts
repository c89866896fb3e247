import { parseCsv } from './csv.ts';

/** A question as somebody asked it, and what it asks for: questions of one label share an answer. */
export interface LabelledQuestion {
  text: string;
  label: string;
}

const TEXT_COLUMNS = ['question', 'text', 'query', 'utterance'];
const LONGEST_LABEL = 200;
const LABEL_COLUMNS = ['label', 'category', 'intent', 'cluster'];

/**
 * Questions of a CSV file whose first row names its columns.
 * @throws SyntaxError when it is no CSV, has no such columns, or no question
 */
export function readQuestions(csv: string): LabelledQuestion[] {
  const [head = [], ...rows] = parseCsv(csv);
  const columns = head.map((name) => name.trim().toLowerCase());
  const find = (names: readonly string[]): number => {
    const at = columns.findIndex((name) => names.includes(name));
    if (at >= 0) return at;
    throw new SyntaxError(`no column is named ${names.join(' or ')}, only: ${head.join(', ')}`);
  };
  const [text, label] = [find(TEXT_COLUMNS), find(LABEL_COLUMNS)];
  const questions = rows.map((row, index) => {
    const [asked, meant] = [row[text]?.trim() ?? '', row[label]?.trim() ?? ''];
    if (asked !== '' && meant !== '' && meant.length <= LONGEST_LABEL)
      return { text: asked, label: meant };
    throw new SyntaxError(`row ${String(index + 2)}: no question, no label, or a very long one`);
  });
  if (questions.length > 0) return questions;
  throw new SyntaxError('there are no questions');
}

/** The same order for the same seed (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const result = [...items];
  for (let left = result.length - 1; left > 0; left -= 1) {
    const chosen = Math.floor(random() * (left + 1));
    const [one, other] = [result[left] as Item, result[chosen] as Item];
    [result[left], result[chosen]] = [other, one];
  }
  return result;
}

/** Numbers from 0 to 1, the same in every run (mulberry32 by T. Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
