import type { TokenEstimate } from '../../../schemas/wire/call.ts';
import { isHan } from './han.ts';

/** Main content of a text: tokenizers treat the four differently, so each has its own error. */
export type ContentClass = TokenEstimate['content'];

/** Marks of a text, in characters that are not white space; those of several texts add up. */
export interface CharacterTally {
  visible: number;
  han: number;
  /** Marks of JSON: quotes, brackets, colons, commas. */
  structure: number;
  /** Closing quote and colon: a key of an object. */
  keys: number;
  /** Marks of statements. */
  code: number;
  /** Lines that are not empty, and those of them that end as statements do. */
  lines: number;
  statements: number;
}

const SPACE = 1;
const STRUCTURE = 2;
const CODE = 4;
const STATEMENT_END = 8;
const FLAGS: Uint8Array = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const char = String.fromCharCode(code);
  const flag = (pattern: RegExp, bit: number): number => (pattern.test(char) ? bit : 0);
  return (
    flag(/\s/, SPACE) +
    flag(/["{}[\]:,]/, STRUCTURE) +
    flag(/[(){}[\];=<>_]/, CODE) +
    flag(/[;{}(),:[\]>]/, STATEMENT_END)
  );
});

const NEW_LINE = 0x0a;
const QUOTE = 0x22;
const COLON = 0x3a;

/** One pass: a prompt has tens of thousands of characters and is looked at on each call. */
export function tallyText(text: string): CharacterTally {
  const tally = nothingSeen();
  /** Last visible character of the line; 0 while there is none. */
  let last = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const flags = FLAGS[unit] ?? 0;
    if (flags & SPACE) {
      if (unit === NEW_LINE) {
        endLine(tally, last);
        last = 0;
      }
      continue;
    }
    tally.visible += 1;
    if (flags) countMark(tally, flags);
    else if (isHan(unit)) tally.han += 1;
    if (unit === COLON && last === QUOTE) tally.keys += 1;
    last = unit;
  }
  endLine(tally, last);
  return tally;
}

function countMark(tally: CharacterTally, flags: number): void {
  if (flags & STRUCTURE) tally.structure += 1;
  if (flags & CODE) tally.code += 1;
}

function endLine(tally: CharacterTally, last: number): void {
  if (last === 0) return;
  tally.lines += 1;
  if ((FLAGS[last] ?? 0) & STATEMENT_END) tally.statements += 1;
}

const nothingSeen = (): CharacterTally => ({
  visible: 0,
  han: 0,
  structure: 0,
  keys: 0,
  code: 0,
  lines: 0,
  statements: 0,
});

/** Main content of these texts together. */
export function classify(tallies: readonly CharacterTally[]): ContentClass {
  const all = nothingSeen();
  for (const tally of tallies)
    for (const name of Object.keys(all) as (keyof CharacterTally)[]) all[name] += tally[name];
  const share = (chars: number): number => chars / Math.max(1, all.visible);
  if (share(all.han) > HAN_SHARE) return 'cjk';
  if (isJson(share(all.structure), share(all.keys))) return 'json';
  return isCode(share(all.code), all.statements / Math.max(1, all.lines)) ? 'code' : 'prose';
}

const HAN_SHARE = 0.25;

/**
 * Measured: JSON has 15 to 25 % structure and 1.7 to 4 % keys, code up to 9 % and none, prose up to
 * 3 % and none. Lists of numbers have no keys.
 */
const isJson = (structure: number, keys: number): boolean =>
  (structure > 0.12 && keys > 0.005) || structure > 0.25;

/** Measured: TypeScript, Python and SQL have 4 to 12 % code marks, prose under 3 %; tables of strings few, but the lines. */
const isCode = (marks: number, statements: number): boolean =>
  marks > 0.06 || (marks > 0.03 && statements > 0.6);
