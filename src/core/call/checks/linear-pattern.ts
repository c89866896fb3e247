import { RegExpParser, RegExpSyntaxError, type AST } from '@eslint-community/regexpp';
import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import { PatternError, toLinearSyntax } from './linear-syntax.ts';

/** A regular expression whose time grows with the text and no faster. */
export interface LinearPattern {
  test: (text: string) => boolean;
  /** Most work that each character of a text is. */
  steps: number;
}

/** Longer ones are lists, which `enum` holds better. */
const MOST_CHARS = 2_000;

/** A pattern is looked at before it is used, and schemas repeat theirs. Characters of all that are kept. */
const known = new LRUCache<string, LinearPattern>({ maxSize: 1_000_000 });

const parser = new RegExpParser({ ecmaVersion: 2024 });

/**
 * A pattern of ECMAScript for an engine that never goes back (RE2): no text can make it slow.
 * @param flags any of i, m, s and u
 * @throws PatternError saying what to change: it is none, or needs more than such an engine can do
 */
export function compilePattern(pattern: string, flags: string): LinearPattern {
  const key = `${flags}/${pattern}`;
  const found = known.get(key);
  if (found) return found;
  const compiled = compile(pattern, flags);
  known.set(key, compiled.pattern, { size: compiled.chars });
  return compiled.pattern;
}

function compile(pattern: string, flags: string): { pattern: LinearPattern; chars: number } {
  if (pattern.length > MOST_CHARS)
    throw new PatternError(`The pattern is longer than ${String(MOST_CHARS)} characters`);
  const { text, steps } = toLinearSyntax(parse(pattern, flags), { dotAll: flags.includes('s') });
  const given =
    RE2JS.LOOKBEHINDS |
    (flags.includes('i') ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.includes('m') ? RE2JS.MULTILINE : 0);
  try {
    const compiled = RE2JS.compile(text, given);
    return { pattern: { steps, test: (tested) => compiled.test(tested) }, chars: text.length };
  } catch (error) {
    throw new PatternError(inWords(pattern, error));
  }
}

function parse(pattern: string, flags: string): AST.Pattern {
  try {
    return parser.parsePattern(pattern, 0, pattern.length, { unicode: flags.includes('u') });
  } catch (error) {
    if (error instanceof RegExpSyntaxError) throw new PatternError(error.message);
    if (error instanceof RangeError) throw new PatternError('The pattern is nested too deeply');
    throw error;
  }
}

/** The engine's own words name its own syntax. */
function inWords(pattern: string, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const shown = pattern.slice(0, 80);
  if (said.includes('repeat count'))
    return `The pattern ${shown} repeats a part more than 1000 times in all: use minLength and maxLength instead`;
  if (said.includes('too deeply')) return `The pattern ${shown} is nested too deeply`;
  if (said.includes('lookbehind'))
    return `The pattern ${shown} looks behind in a way that cannot be done in bounded time: say the same without (?<= and (?<!`;
  return `The pattern ${shown} has a part that is not understood: ${said.replace(/: `.*`$/s, '')}`;
}
