import { findDates } from './dates.ts';
import type { FoundDate } from './dates.ts';

/** A `Key: value` line, or what reads like one. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A text as its lines, what they name and what they date. */
export interface Facts {
  readonly text: string;
  readonly lines: readonly string[];
  readonly sentences: readonly string[];
  readonly pairs: readonly KeyValue[];
  readonly dates: readonly FoundDate[];
}

export function readFacts(text: string): Facts {
  const lines = text.split('\n').map((line) => line.trim());
  return {
    text,
    lines,
    sentences: lines.flatMap((line) => line.split(/(?<=[.!?])\s+/)).filter(Boolean),
    pairs: lines.flatMap(readPair),
    dates: findDates(text),
  };
}

const COLON =
  /^(?:[-*•]\s+)?(?:\*\*)?([\p{L}][^:|*\n]{0,40}?)(?:\*\*)?\s*(?::|\s=\s)(?:\*\*)?\s*(.*)$/u;
const COLUMNS = /^([\p{L}][^\d|]{1,40}?)(?:\s{2,}|\t+|\s+(?=[-−]?\p{Sc}\s?\d))(\S.*)$/u;

/** `Invoice no. 2026-0457` stands without a colon. */
const NUMBERED =
  /^(\p{L}[\p{L} ]{0,30}?\s?(?:\bn[or]\.?|\bnumber|\bid|#))\s*([\p{L}\d][\p{L}\d/_-]*\d[\p{L}\d/_-]*)\.?$/iu;

function readPair(line: string): KeyValue[] {
  const found = COLON.exec(line) ?? NUMBERED.exec(line) ?? COLUMNS.exec(line);
  const [, key = '', value = ''] = found ?? [];
  return value === '' || value.startsWith('//') ? [] : [{ key: key.trim(), value: value.trim() }];
}
