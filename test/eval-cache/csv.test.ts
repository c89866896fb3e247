import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv, toCsvLine } from '../../src/cache/eval/csv.ts';
import { readQuestions, seededRandom, shuffled } from '../../src/cache/eval/questions.ts';

describe('CSV', () => {
  it.each<[string, string, string[][]]>([
    ['nothing', '', []],
    ['one field', 'a', [['a']]],
    [
      'rows that end with LF or CRLF, or not',
      'a,b\nc,d\r\ne,f',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
      ],
    ],
    [
      'commas, quotes and ends of lines in quotes',
      '"a,b","c ""d""\r\ne"\n',
      [['a,b', 'c "d"\r\ne']],
    ],
    [
      'empty fields',
      ',\na,\n',
      [
        ['', ''],
        ['a', ''],
      ],
    ],
    ['an empty field at the very end', 'a,', [['a', '']]],
    ['empty lines, which are nothing', '\n\na\n\n', [['a']]],
    ['a byte order mark', '\uFEFFa,b', [['a', 'b']]],
  ])('has %s', (_what, text, rows) => {
    expect(parseCsv(text)).toEqual(rows);
  });

  it.each([
    ['a\n"b', 2],
    ['"a" b,c', 1],
    ['a,b "c"', 1],
  ])('%j is none: the line is named', (text, line) => {
    expect(() => parseCsv(text)).toThrow(new RegExp(`^line ${String(line)}: a quote`));
  });

  it('is read as it was written', () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('"', ',', '\n', '\r\n', 'a"b,c\nd'));
    // A row of one empty field is an empty line.
    const row = fc.array(field, { minLength: 1 }).filter((fields) => fields.join('|') !== '');
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const text = rows.map(toCsvLine).join('\n');
        fc.pre(!text.startsWith('\uFEFF'));
        expect(parseCsv(text)).toEqual(rows);
      }),
    );
  });
});

describe('labelled questions', () => {
  it.each(['text,category', 'question,label', 'Label,id,Question', 'intent,utterance'])(
    'are found in the columns %s',
    (head) => {
      const row = head
        .split(',')
        .map((name) => (/text|question|utterance/i.test(name) ? ' How long? ' : 'time'));
      expect(readQuestions(`${head}\n${row.join(',')}`)).toEqual([
        { text: 'How long?', label: 'time' },
      ]);
    },
  );

  it.each([
    ['', /no column is named question or text/],
    ['text,number\na,1', /no column is named label or category .*, only: text, number/],
    ['text,label\n', /there are no questions/],
    ['text,label\na,b\n,c', /row 3: no question/],
    ['text,label\na', /row 2: no question, no label/],
    [`text,label\na,${'b'.repeat(201)}`, /row 2: .* very long one/],
  ])('are missing in %j, and it says why', (csv, why) => {
    expect(() => readQuestions(csv)).toThrow(why);
  });

  it('come in an order that is the same for the same seed, and none is lost', () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    const order = (seed: number): number[] => shuffled(items, seededRandom(seed));
    expect(order(1)).toEqual(order(1));
    expect(order(1)).not.toEqual(order(2));
    expect(order(1)).not.toEqual(items);
    expect(order(1).toSorted((one, other) => one - other)).toEqual(items);
  });
});
