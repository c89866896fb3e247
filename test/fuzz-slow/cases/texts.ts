import type { Random } from '../../../src/simulator/random.ts';
import { nonce, pick } from '../case.ts';

/** A text of at most `chars` UTF-16 units, whose parts repeat as those do that regular expressions stumble over. */
export type Texts = (random: Random, chars: number) => string;

/** Single characters, each many times over. */
export const CHARS = [
  ...[' ', '\t', '\n', '\r', '\u00a0', '\u3000', '\u2028', '\u0000', '\u0007', '\u200b', '\u200d'],
  ...[
    'a',
    'A',
    'é',
    'ß',
    'İ',
    '1',
    '0',
    '٣',
    '漢',
    'ก',
    'あ',
    '😀',
    '\ud800',
    '\udc00',
    '\u0301',
    '\ufe0f',
  ],
  ...['(', '[', '{', '<', '"', "'", '`', '’', '-', '–', '_', '.', ',', '!', '?', ':', ';', '|'],
  ...['#', '*', '/', '\\', '@', '$', '€', '%', '&', '=', '+', '~', '^', '>', '…', '。'],
] as const;

/** Beginnings of what some rule looks for, each many times over: near-matches. */
export const PIECES = [
  ...[
    'a ',
    'a. ',
    'A. ',
    'a.',
    'Mr. ',
    'e.g. ',
    'a\n',
    'a\n\n',
    'A.\n',
    'a, ',
    'a and ',
    'a or ',
    ' .',
    ' ,',
  ],
  ...[
    '1 ',
    '1,',
    '1.',
    '1,000',
    '1-',
    '1/',
    '1:',
    '1.5 kg ',
    '12:30 ',
    '2026-01-01 ',
    '1 January ',
  ],
  ...['$1 ', '€1,000.00 ', '1.234,56 EUR ', 'EUR ', '10% ', '- ', '- a\n', '1. a\n', '* a\n', '• '],
  ...[
    'a: ',
    'a: b\n',
    'a:\n',
    'A a: b\n',
    '| a ',
    '| a |\n',
    '|---|\n',
    '# a\n',
    '## a\n\na.\n\n',
    '#',
  ],
  ...[
    'a@',
    '@a.',
    'a@b.',
    'a@b.co ',
    'a.b.c.',
    'a-',
    'a_b',
    'aA',
    'http://',
    'http://a.b/ ',
    'www.',
  ],
  ...[
    '"a" ',
    '"a',
    '“a” ',
    "a's ",
    "n't ",
    "'",
    'not ',
    'no ',
    'never ',
    'without ',
    'with ',
    'only ',
  ],
  ...[
    'how do I ',
    'what is ',
    'what ',
    'can you tell me ',
    'hello ',
    'please ',
    'and ',
    'the ',
    'of the ',
  ],
  ...[
    'credit card ',
    'debit card ',
    'from Germany to France ',
    'iPhone ',
    'Anna ',
    'Windows ',
    'before ',
  ],
  ...[
    '<a>',
    '</a>',
    '<document>',
    '</document>\n',
    '<text>',
    '{{',
    '{% ',
    '{{ a }}',
    '${',
    '\\n',
    '\\u0000',
  ],
  ...[
    '```',
    '```\n',
    '`a`',
    '[a](b)',
    '![](',
    '**a** ',
    '__',
    'e\u0301',
    '\u0301\u0302',
    '👩‍👩‍👧 ',
    '\r\n',
    ' \n',
    '\t\n',
  ],
  ...[
    'Dear a,\n',
    'From: a\n',
    'Subject: a\n',
    'Total: 1\n',
    'Anna Smith ',
    'A B ',
    'Ltd. ',
    'Inc., ',
    'A1-',
  ],
  ...[
    '?',
    '? ',
    '?!',
    '! ',
    'a? ',
    'Q: a\nA: b\n',
    '...',
    '. . ',
    'a.\nB',
    'a;',
    '{"a":',
    '[1,',
    'true ',
    'null,',
  ],
] as const;

const fill = (piece: string, chars: number): string =>
  piece.repeat(Math.max(1, Math.floor(chars / piece.length)));

/** Ends that make a rule go back over all it has read. */
const ENDS = ['', '!', 'a', ' ', '\n', '.', '\u0000', ')', '1', ':', '|', '@a'];

const oneChar: Texts = (random, chars) => fill(pick(random, CHARS), chars);
const onePiece: Texts = (random, chars) => fill(pick(random, PIECES), chars);
const twoPieces: Texts = (random, chars) =>
  fill(pick(random, PIECES), chars / 2) + fill(pick(random, [...PIECES, ...CHARS]), chars / 2);
const pair: Texts = (random, chars) =>
  fill(pick(random, [...PIECES, ...CHARS]) + pick(random, [...PIECES, ...CHARS]), chars);

/** Each place drawn anew. */
const mixed: Texts = (random, chars) => {
  const parts = Array.from({ length: 2 + Math.floor(random() * 6) }, () =>
    pick(random, [...PIECES, ...CHARS]),
  );
  const made: string[] = [];
  for (let length = 0; length < chars - 40;) {
    const part = pick(random, parts);
    made.push(part);
    length += part.length;
  }
  return made.join('');
};

/** Words, lines or sentences of which none comes twice: what is compared with all others shows here. */
const allDifferent: Texts = (random, chars) => {
  const [before, after] = pick(random, [
    ['', ' '],
    ['', '. '],
    ['A', ' B. '],
    ['', '\n'],
    ['- ', '\n'],
    ['# ', '\n\n'],
    ['Key ', ': value\n'],
    ['', ', '],
    ['# ', '\n\nIt is so.\n\n'],
    ['$', ' '],
    ['Mr. M', ' said so. '],
    ['', '@example.com '],
    ['| ', ' | a |\n'],
  ] as const);
  const made: string[] = [];
  for (let length = 0, at = 0; length < chars - 60; at += 1) {
    const part = `${before}${pick(random, ['', 'x', 'Zu', 'the '])}${at.toString(36)}${after}`;
    made.push(part);
    length += part.length;
  }
  return made.join('');
};

/** Nested as deeply as there is room. */
const nested: Texts = (random, chars) => {
  const [open, close] = pick(random, [
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
    ['"', '"'],
    ['<b>', '</b>'],
    ['{"a":', '}'],
    ['> ', '\n'],
    ['((a', '))'],
  ] as const);
  const depth = Math.floor(chars / (open.length + close.length)) - 1;
  return open.repeat(depth) + close.repeat(depth);
};

const KINDS: Record<string, Texts> = {
  oneChar,
  onePiece,
  twoPieces,
  pair,
  mixed,
  allDifferent,
  nested,
};

/** The kinds, each with a name; a text never exceeds `chars`, is never blank and never comes twice. */
export const textKinds: readonly { name: string; text: Texts }[] = Object.entries(KINDS).map(
  ([name, text]) => ({
    name,
    text(random, chars) {
      const first = pick(random, [`${nonce(random)} `, nonce(random)]);
      const last = pick(random, ENDS);
      const middle = text(random, chars - first.length - last.length - 2);
      return `${first}${middle.slice(0, chars - first.length - last.length - 1)}${last}x`.slice(
        0,
        chars,
      );
    },
  }),
);
