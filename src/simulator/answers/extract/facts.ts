import { toConcepts, toWordStems } from '../words.ts';
import { findDates } from './dates.ts';
import type { FoundDate } from './dates.ts';
import { keyConcepts } from './key-concepts.ts';

/** A `Key: value` line, or what reads like one. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

export interface Sentence {
  readonly text: string;
  readonly stems: ReadonlySet<string>;
}

/** A text as its lines and everything on them that has a shape of its own. */
export interface Facts {
  readonly text: string;
  readonly lines: readonly string[];
  readonly pairs: readonly KeyValue[];
  readonly dates: readonly FoundDate[];
  readonly emails: readonly string[];
  readonly urls: readonly string[];
  readonly phones: readonly string[];
  readonly sentences: readonly Sentence[];
  /** What a line is about; remembered, since every field asks again. */
  conceptsOf(line: string): ReadonlySet<string>;
}

const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g;
const URL = /\bhttps?:\/\/[^\s<>()"']*[^\s<>()"'.,;:!?]|\bwww\.[^\s<>()"']*[^\s<>()"'.,;:!?]/g;
const PHONE =
  /(?<![\w./-])(?:\+\d{1,3}[\s./-]?)?(?:\(\d{1,5}\)[\s./-]?)?\d{1,5}(?:[\s./-]\d{2,8}){1,5}(?![\w/-])|(?<!\w)\+\d{8,15}\b/g;

export function readFacts(text: string): Facts {
  const lines = text.split('\n').map((line) => line.trim());
  const dates = findDates(text);
  return {
    text,
    lines,
    dates,
    pairs: lines.flatMap((line, at) => readPairs(line, at, lines)),
    emails: unique(text.match(EMAIL)),
    urls: unique(text.match(URL)),
    phones: unique(text.match(PHONE)).filter((found) => isPhone(found, dates)),
    sentences: text
      .split(/(?<=[.!?])\s+|\n+/)
      .map((sentence) => ({ text: sentence, stems: new Set(toWordStems(sentence)) })),
    conceptsOf: remember((line) => new Set([...keyConcepts(line), ...toConcepts(line)])),
  };
}

function remember<Value>(compute: (line: string) => Value): (line: string) => Value {
  const known = new Map<string, Value>();
  return (line) => {
    const value = known.get(line) ?? compute(line);
    known.set(line, value);
    return value;
  };
}

function unique(found: readonly string[] | null): string[] {
  return [...new Set(found)];
}

function isPhone(found: string, dates: readonly FoundDate[]): boolean {
  const digits = found.replace(/\D/g, '').length;
  if (dates.some(({ text }) => text.includes(found.trim()) || found.includes(text))) return false;
  const looksDialled = /^[+(0]/.test(found) || digits >= 10;
  return looksDialled && digits >= 7 && digits <= 15 && !/^\d{4}(?: \d{4})+/.test(found);
}

const COLON =
  /^(?:[-*•]\s+)?(?:\*\*)?([\p{L}][^:|*\n]{0,40}?)(?:\*\*)?\s*(?::|#:|\s=\s)(?:\*\*)?\s*(.*)$/u;
const COLUMNS = /^([\p{L}][^\d|]{1,40}?)(?:\s{2,}|\t+|\.{3,}\s*|\s+(?=[-−]?\p{Sc}\s?\d))(\S.*)$/u;
/** "Invoice no: 17    Date: 3 May 2026" */
const TWO_PAIRS = /(?<=\S)(?:\s{3,}|\t|\s*\|\s*|;\s)(?=\p{L}[^:|]{1,30}:\s*\S)/u;
const ROW = /^\|\s*([^|]+?)\s*\|\s*([^|]+?)\s*\|$/;
const HASHED =
  /^(.*?(?:invoice|order|ticket|case|receipt|quote|reference|booking|po|purchase order))\s*(?:no\.?|number|nr\.?)?\s*#\s*([\w-]+)$/i;

function readPairs(line: string, at: number, lines: readonly string[]): KeyValue[] {
  const parts = line.split(TWO_PAIRS);
  if (parts.length > 1) return parts.flatMap((part) => readPairs(part, at, [part]));
  const hashed = HASHED.exec(line);
  if (hashed) return [{ key: `${hashed[1] ?? ''} number`, value: hashed[2] ?? '', line: at }];
  const found = COLON.exec(line) ?? ROW.exec(line) ?? COLUMNS.exec(line);
  return found ? readPair(found, at, lines[at + 1] ?? '') : [];
}

function readPair([, key = '', rest = '']: RegExpExecArray, at: number, below: string): KeyValue[] {
  const value = rest.replace(/\*\*/g, '').trim() || valueBelow(below);
  return value === '' || value.startsWith('//') ? [] : [{ key: key.trim(), value, line: at }];
}

/** "Bill to:" alone on its line speaks of the line below. */
function valueBelow(line: string): string {
  return COLON.test(line) || /^[-*•]\s/.test(line) ? '' : line;
}
