import { readSections, unescapeMarkup } from './sections.ts';
import type { Section } from './sections.ts';

/** An earlier question with the answer it got. */
export interface Stored {
  readonly question: string;
  readonly answer: string;
}

/** What a new question is to be compared with. */
export interface Comparison {
  /** In the order of the request, which numbers them from 1. */
  readonly stored: readonly Stored[];
  /** A fresh answer to the new question; empty if there is none. */
  readonly fresh: string;
}

/** Null for a request that brings no stored answers: nothing is to be judged. */
export function readComparison(sections: readonly Section[]): Comparison | null {
  const list = sections.findLast(({ tag }) => tag === 'stored_answers');
  if (!list) return null;
  const stored = readSections(list.body).map(({ body }) => {
    const parts = readSections(body);
    return { question: textOf(parts, 'question'), answer: textOf(parts, 'answer') };
  });
  return { stored, fresh: textOf(sections, 'answer') };
}

function textOf(sections: readonly Section[], wanted: string): string {
  return unescapeMarkup(sections.find(({ tag }) => tag === wanted)?.body ?? '');
}
