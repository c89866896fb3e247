import { canonicalJson } from '../../core/call/canonical-json.ts';
import type { ForeignChecks } from '../../core/tool/schema-check.ts';
import { EVALUATION } from '../evaluation.ts';
import type { GraderOf } from './declaration.ts';
import { markIf, show, type GraderMark } from './mark.ts';

/** A value as text: strings as they are, all else as JSON. */
export const toText = (value: unknown): string =>
  typeof value === 'string' ? value : canonicalJson(value);

/** Capitals, kinds of spaces and quotes, and ways to write the same character make no difference. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/\s+/g, ' ')
    .toLowerCase();

/** The score is the share of the wanted texts that are there; with `not`, of those that are not. */
export function gradeContains(
  value: unknown,
  { value: wanted, not }: GraderOf<'contains'>,
): GraderMark {
  const all = typeof wanted === 'string' ? [wanted] : wanted;
  const text = plain(toText(value));
  const failing = all.filter((each) => text.includes(plain(each)) === not);
  const score = 1 - failing.length / all.length;
  if (failing.length === 0) return { score, detail: '' };
  const listed = failing.map(show).join(', ');
  return { score, detail: not ? `has ${listed}` : `lacks ${listed}` };
}

export async function gradeRegex(
  value: unknown,
  { pattern, flags }: GraderOf<'regex'>,
  checks: ForeignChecks,
): Promise<GraderMark> {
  const isThere = await checks.matches({ pattern, flags }, toText(value), EVALUATION);
  return markIf(isThere, `/${pattern}/${flags} does not match ${show(value)}`);
}

/** 1,500 and don't are one word each. */
const WORD = /[\p{L}\p{N}]+(?:['’.,-][\p{L}\p{N}]+)*/gu;

export function gradeWords(
  value: unknown,
  { min = 0, max = Infinity }: GraderOf<'words'>,
): GraderMark {
  const count = toText(value).match(WORD)?.length ?? 0;
  const wanted = max === Infinity ? `at least ${String(min)}` : `${String(min)} to ${String(max)}`;
  return markIf(count >= min && count <= max, `${String(count)} words, not ${wanted}`);
}
