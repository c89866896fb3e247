/**
 * Patterns and schemas made to be slow: the classes that reports of regular expression denial of service
 * know, over atoms of all kinds, some well-known ones as they were reported, and schemas whose work is
 * not their size.
 */

export interface SlowInput {
  name: string;
  /** As a caller gives it: an object with the field `a`. */
  schema: Record<string, unknown>;
  /** What `a` is, and what the text says it is. */
  text: string;
}

/** An atom, and what it matches. */
const ATOMS: readonly (readonly [atom: string, matches: string])[] = [
  ['a', 'a'],
  ['\\w', 'a'],
  ['\\d', '1'],
  ['[a-z]', 'b'],
  ['[^x]', 'c'],
  ['.', 'd'],
  ['\\s', ' '],
  ['\\S', 'e'],
  ['(?:ab)', 'ab'],
  ['\\p{L}', 'é'],
  ['[a-zA-Z0-9_.-]', 'f'],
];

/** Shapes of patterns around an atom `X`; the text repeats what it matches, and then ends otherwise. */
const SHAPES: readonly (readonly [kind: string, shape: string])[] = [
  ['plus in plus', '^(X+)+$'],
  ['star in star', '^(X*)*$'],
  ['plus in star, an end', '(X+)*!!$'],
  ['three deep', '^(((X+)+)+)$'],
  ['lazy in lazy', '^(X+?)+?$'],
  ['the same twice', '^(X|X)*$'],
  ['one or two', '^(X|XX)+$'],
  ['any or it', '^(.|X)*$'],
  ['word or it', '^(\\w|X)*$'],
  ['maybe in star', '^(X?X?)*$'],
  ['maybe empty', '^(X*X*)*$'],
  ['side by side', '^X*X*X*X*X*X*!!$'],
  ['without an anchor', 'X+X+X+!!'],
  ['three anythings', '.*X.*X.*X!!$'],
  ['separated, maybe', '^(X+,?)+;$'],
  ['ends with itself', '(X+)$'],
  ['counted', '^(X{1,20}){1,20}!!$'],
  ['counted, maybe', '^(X?){40}X{40}$'],
  ['from here to there', '^(X{2,}){2,}$'],
  ['two groups', '^(X+)+(X+)+$'],
  ['over several', '^((X|b)+(X|c)+)*$'],
  ['backwards', '^(X+)\\1+$'],
  ['ahead', '^(?=(X+)+!!)X'],
  ['not ahead', '^(?!(X+)+!!).*$'],
  ['behind', '(?<=(?:X+)+)!!'],
];

/** As they were reported of libraries. */
const REPORTED: readonly (readonly [name: string, pattern: string, pumped: string])[] = [
  [
    'an address of mail',
    '^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.][a-z]{2,3}$',
    'a',
  ],
  ['names of classes', '^(([a-z])+.)+[A-Z]([a-z])+$', 'a'],
  ['blanks at the end', '\\s+$', ' '],
  ['blanks at both ends', '^\\s+|\\s+$', ' '],
  ['a number with points', '^\\d+(\\.\\d+)*(\\.\\d+)*$', '1.1'],
  [
    'an address of the web',
    '^(https?:\\/\\/)?([\\da-z.-]+)\\.([a-z.]{2,6})([/\\w .-]*)*\\/?$',
    'a',
  ],
  ['quoted, with escapes', '^"(\\\\?.)*"x$', '\\a'],
  ['tags', '<(.|\\s)*?>x', '< '],
  ['a list of words', '^(\\w+\\s?)*$', 'word '],
  ['lines and their ends', '^(.*\\r?\\n?)*$', 'ab\n'],
  ['colours', '^rgba?\\((\\s*\\d+%?\\s*,?)+\\)$', '1,'],
  ['a version', '^v?(\\d+\\.?)*(-[\\w.]+)*(\\+[\\w.]+)*$', '-a.'],
  ['a media type', '^[^\\s;]+(\\s*;\\s*[^\\s=]+=("[^"]*"|[^\\s;]*)\\s*)*$', ';a= '],
  ['comments', '\\/\\*(.|[\\r\\n])*?\\*\\/x', '/* '],
  ['base64', '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?!$', 'abcd'],
];

const LENGTHS = [40, 20_000];

type Json = Record<string, unknown>;

const withField = (field: unknown, more: Json = {}): Json => ({
  type: 'object',
  properties: { a: field },
  required: ['a'],
  ...more,
});

const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

const named = (count: number, make: (at: number) => unknown): Json =>
  Object.fromEntries(times(count, (at) => [`f${String(at)}`, make(at)]));

function patterns(): SlowInput[] {
  const made = SHAPES.flatMap(([kind, shape]) =>
    ATOMS.map(([atom, matches], at) => ({
      name: `${kind}: ${shape.replaceAll('X', atom)}`,
      schema: withField({ type: 'string', pattern: shape.replaceAll('X', atom) }),
      text: `${matches.repeat(LENGTHS[at % 2] ?? 40)}!`,
    })),
  );
  const reported = REPORTED.map(([name, pattern, pumped]) => ({
    name: `${name}: ${pattern}`,
    schema: withField({ type: 'string', pattern }),
    text: `${pumped.repeat(10_000)}\u0001`,
  }));
  return [...made, ...reported];
}

/** Definitions that each refer ten times to the next. */
function tenfold(level: (refs: Json[]) => Json): Json {
  const refsTo = (at: number): Json[] => times(10, () => ({ $ref: `#/$defs/d${String(at)}` }));
  const $defs = Object.fromEntries(times(12, (at) => [`d${String(at)}`, level(refsTo(at + 1))]));
  return withField({ $ref: '#/$defs/d0' }, { $defs: { ...$defs, d12: { type: 'string' } } });
}

const nestedText = (levels: number): string => `${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}`;

const SLOW = '^(\\w|\\d)*$';

/** A tree that is looked at twice as often on each level. */
const doubled = (keyword: string): Json => {
  const twice = { type: 'object', properties: { a: { $ref: '#/$defs/n' } } };
  return withField({ $ref: '#/$defs/n' }, { $defs: { n: { [keyword]: [twice, twice] } } });
};

const SCHEMAS: readonly (readonly [name: string, schema: Json])[] = [
  ...['allOf', 'anyOf', 'oneOf'].map(
    (key) => [`tenfold ${key}`, tenfold((refs) => ({ [key]: refs }))] as const,
  ),
  [
    'tenfold dependentSchemas',
    tenfold((refs) => ({ type: 'object', dependentSchemas: named(10, (at) => refs[at]) })),
  ],
  [
    'tenfold properties',
    tenfold((refs) => ({ type: 'object', properties: named(10, (at) => refs[at]) })),
  ],
  ['tenfold conditions', tenfold(([a, b, c]) => ({ type: 'string', if: a, then: b, else: c }))],
  ['tenfold names', tenfold((refs) => ({ type: 'object', propertyNames: { allOf: refs } }))],
  ['tenfold rest', tenfold((refs) => ({ type: 'object', unevaluatedProperties: { anyOf: refs } }))],
  ['tenfold items', tenfold((refs) => ({ type: 'array', prefixItems: refs }))],
  ['tenfold not', tenfold((refs) => ({ type: 'string', not: { anyOf: refs } }))],
  ['a field that is itself', withField({ $ref: '#/properties/a' })],
  ['a root that holds itself', withField({ type: 'string' }, { allOf: [{ $ref: '#' }] })],
  [
    'ten fields that are all of it',
    { type: 'object', properties: named(10, () => ({ $ref: '#' })) },
  ],
  [
    'ten that must be there',
    {
      type: 'object',
      properties: named(10, () => ({ $ref: '#' })),
      required: times(10, (at) => `f${String(at)}`),
    },
  ],
  ...['allOf', 'anyOf', 'oneOf'].map((key) => [`doubled ${key}`, doubled(key)] as const),
  ['9,000 options', withField({ enum: times(9_000, (at) => at) })],
  ['1,000 options', withField({ type: 'string', enum: times(1_000, (at) => `o${String(at)}`) })],
  ['990 fields', { type: 'object', properties: named(990, () => ({ type: 'string' })) }],
  [
    '300 fields of choices',
    { type: 'object', properties: named(300, (at) => ({ enum: ['x', `y${String(at)}`] })) },
  ],
  [
    '300 patterns',
    {
      type: 'object',
      properties: named(300, (at) => ({ type: 'string', pattern: `^[a-z]{0,${String(at)}}x+$` })),
    },
  ],
  [
    '1,300 dependent schemas',
    withField({ type: 'string' }, { dependentSchemas: named(1_300, () => ({ required: ['a'] })) }),
  ],
  [
    '900 dependent schemas',
    withField({ type: 'string' }, { dependentSchemas: named(900, () => ({ required: ['a'] })) }),
  ],
  ['a slow pattern for names', withField({ type: 'string' }, { propertyNames: { pattern: SLOW } })],
  [
    'a slow pattern for fields',
    withField({ type: 'string' }, { patternProperties: { [SLOW]: { type: 'string' } } }),
  ],
  ['a slow pattern in a branch', withField({ anyOf: [{ type: 'string', pattern: SLOW }] })],
  ['a billion items', withField({ type: 'array', minItems: 1e9, items: { type: 'string' } })],
  ['a billion letters', withField({ type: 'string', minLength: 1e9 })],
  ['a count of a million', withField({ type: 'string', pattern: '^(a{0,1000}){1000}$' })],
  ['a long list of words', withField({ type: 'string', pattern: `^(${'ab|'.repeat(600)}c)+$` })],
];

/** About 300, the same ones each time. */
export const slowPatterns = (): SlowInput[] => [
  ...patterns(),
  ...SCHEMAS.map(([name, schema]) => ({ name, schema, text: nestedText(60) })),
];
