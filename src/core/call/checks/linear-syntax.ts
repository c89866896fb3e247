import type { AST } from '@eslint-community/regexpp';

/** Why a pattern cannot be used, in words for the one who wrote it. */
export class PatternError extends Error {
  override name = 'PatternError';
}

/** More steps than this make a pattern slow on every text, though its time still only grows with the text. */
const MOST_STEPS = 10_000;
/** The engine has no larger counts, also of counts in counts. */
const MOST_REPEATS = 1_000;

/** A piece of a pattern, and how many steps a matcher of it has. */
interface Written {
  text: string;
  steps: number;
}

type Node = AST.Pattern | AST.Alternative | AST.Element;
type WriteNode = (node: Node) => Written;

/**
 * A parsed pattern of ECMAScript in the syntax of RE2, meaning the same. The two agree on little but the
 * letters: what `.`, `\s` and a backslash mean differs.
 * @throws PatternError naming what a linear engine cannot do, or where it is too large
 */
export function toLinearSyntax(pattern: AST.Pattern, { dotAll }: { dotAll: boolean }): Written {
  const any = dotAll ? ANYTHING : ANY_OF_A_LINE;
  const write: WriteNode = (node) => {
    const written = writeCharacters(node, any) ?? writeCompound(node, write);
    if (written.steps > MOST_STEPS)
      throw new PatternError(
        `The pattern unfolds to more than ${String(MOST_STEPS)} steps: use smaller counts, or minLength and maxLength`,
      );
    return written;
  };
  return write(pattern);
}

/** Writes a one-character node; null for all else. */
function writeCharacters(node: Node, any: string): Written | null {
  if (node.type === 'Character') return step(characterOf(node.value));
  if (node.type === 'CharacterSet') return node.kind === 'any' ? step(any) : writeSet(node);
  return node.type === 'CharacterClass' ? writeClass(node) : null;
}

function writeCompound(node: Node, write: WriteNode): Written {
  if (node.type === 'Alternative') return join(node.elements.map(write), '');
  if (node.type === 'Assertion') return writeAssertion(node, write);
  if (node.type === 'Quantifier') return writeQuantifier(node, write);
  if (node.type === 'Backreference')
    throw new PatternError(
      `The pattern refers back to what a group matched (${node.raw}), which no engine can do in bounded time: write out what may stand there`,
    );
  const isPlainGroup = node.type === 'Group' && node.modifiers === null;
  if (isPlainGroup || node.type === 'Pattern' || node.type === 'CapturingGroup')
    return writeAlternatives(node.alternatives, '(?:', write);
  throw new PatternError(`${node.raw.slice(0, 40)} is not understood in a pattern`);
}

const step = (text: string): Written => ({ text, steps: 1 });

const join = (parts: readonly Written[], between: string): Written => ({
  text: parts.map(({ text }) => text).join(between),
  steps: parts.reduce((sum, { steps }) => sum + steps, 1),
});

function writeAlternatives(
  alternatives: readonly AST.Alternative[],
  opening: string,
  write: WriteNode,
): Written {
  const { text, steps } = join(alternatives.map(write), '|');
  return { text: `${opening}${text})`, steps };
}

function writeAssertion(node: AST.Assertion, write: WriteNode): Written {
  switch (node.kind) {
    case 'start':
      return step('^');
    case 'end':
      return step('$');
    case 'word':
      return step(node.negate ? '\\B' : '\\b');
    case 'lookbehind':
      return writeAlternatives(node.alternatives, node.negate ? '(?<!' : '(?<=', write);
    case 'lookahead':
      throw new PatternError(
        `The pattern looks ahead (${node.raw.slice(0, 40)}), which no engine can do in bounded time: say the same without (?= and (?!, with several patterns in allOf or with not`,
      );
  }
}

function writeQuantifier({ element, min, max }: AST.Quantifier, write: WriteNode): Written {
  const repeated = write(element);
  const most = max === Infinity ? min : max;
  if (most > MOST_REPEATS)
    throw new PatternError(
      `The pattern repeats a part more than ${String(MOST_REPEATS)} times: use minLength and maxLength instead`,
    );
  const count = `{${String(min)},${max === Infinity ? '' : String(max)}}`;
  return { text: `(?:${repeated.text})${count}`, steps: repeated.steps * Math.max(1, most) };
}

/** By its number: no character means anything to the engine then. */
const characterOf = (code: number): string => `\\x{${code.toString(16)}}`;

const ANYTHING = '(?s:.)';
const LINE_ENDS = '\\n\\r\\x{2028}\\x{2029}';
const ANY_OF_A_LINE = `[^${LINE_ENDS}]`;

type Ranges = readonly (readonly [from: number, to: number])[];

/** White space of ECMAScript, in order. */
const SPACES: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LAST_CODE_POINT = 0x10_ffff;

const rangesOf = (ranges: Ranges): string =>
  ranges.map(([from, to]) => `${characterOf(from)}-${characterOf(to)}`).join('');

const SPACE = rangesOf(SPACES);
/** Characters before each of them, and behind the last. */
const NO_SPACE = rangesOf(
  [...SPACES.map(([from]) => from), LAST_CODE_POINT + 1].map(
    (next, at) => [(SPACES[at - 1]?.[1] ?? -1) + 1, next - 1] as const,
  ),
);

type EscapeSet = AST.EscapeCharacterSet | AST.UnicodePropertyCharacterSet;

function writeSet(set: EscapeSet): Written {
  return { text: `[${insideClass(set)}]`, steps: set.kind === 'property' ? 10 : 1 };
}

/** A set as a part of a class. */
function insideClass(set: EscapeSet): string {
  switch (set.kind) {
    case 'digit':
      return set.negate ? '\\D' : '\\d';
    case 'word':
      return set.negate ? '\\W' : '\\w';
    case 'space':
      return set.negate ? NO_SPACE : SPACE;
    case 'property':
      return writeProperty(set);
  }
}

const OF_A_VALUE = new Set(['General_Category', 'gc', 'Script', 'sc']);

function writeProperty({ key, value, negate, raw }: AST.UnicodePropertyCharacterSet): string {
  const sign = negate ? '\\P' : '\\p';
  if (key === 'ASCII' && value === null) return negate ? '\\x{80}-\\x{10ffff}' : '\\x{0}-\\x{7f}';
  if (value === null) return `${sign}{${key}}`;
  if (!OF_A_VALUE.has(key))
    throw new PatternError(`${raw} is not understood: use \\p{Script=…} or a general category`);
  return `${sign}{${CATEGORIES[value] ?? value}}`;
}

/** The engine knows categories by their short names only. */
const CATEGORIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Nonspacing_Mark: 'Mn',
  Spacing_Mark: 'Mc',
  Enclosing_Mark: 'Me',
  Number: 'N',
  Decimal_Number: 'Nd',
  Letter_Number: 'Nl',
  Other_Number: 'No',
  Punctuation: 'P',
  Connector_Punctuation: 'Pc',
  Dash_Punctuation: 'Pd',
  Open_Punctuation: 'Ps',
  Close_Punctuation: 'Pe',
  Initial_Punctuation: 'Pi',
  Final_Punctuation: 'Pf',
  Other_Punctuation: 'Po',
  Symbol: 'S',
  Math_Symbol: 'Sm',
  Currency_Symbol: 'Sc',
  Modifier_Symbol: 'Sk',
  Other_Symbol: 'So',
  Separator: 'Z',
  Space_Separator: 'Zs',
  Line_Separator: 'Zl',
  Paragraph_Separator: 'Zp',
  Other: 'C',
  Control: 'Cc',
  Format: 'Cf',
};

function writeClass({ elements, negate }: AST.CharacterClass): Written {
  const inside = elements.map((element) => {
    if (element.type === 'Character') return characterOf(element.value);
    if (element.type === 'CharacterSet') return insideClass(element);
    if (element.type === 'CharacterClassRange')
      return `${characterOf(element.min.value)}-${characterOf(element.max.value)}`;
    throw new PatternError(`${element.raw} is not understood in a class of characters`);
  });
  // `[]` matches nothing and `[^]` anything; the engine has neither.
  if (inside.length === 0)
    return step(negate ? ANYTHING : `[^\\x{0}-${characterOf(LAST_CODE_POINT)}]`);
  return step(`[${negate ? '^' : ''}${inside.join('')}]`);
}
