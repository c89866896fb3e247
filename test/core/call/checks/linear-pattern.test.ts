import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../../src/core/call/checks/linear-pattern.ts';
import { runs } from '../../../support/depth.ts';

const PATTERNS = [
  '^[A-Z]{2}-\\d+$',
  '^\\s*\\S+\\s*$',
  '[\\s\\d]x|[^\\S]y',
  '^.$',
  '.\\n',
  '^(?:a|b)*?c{2,3}$',
  '\\bword\\b|\\Bx\\B',
  '^[^]$|^[]$',
  '^[[a]$',
  '\\x41\\u0042\\u{1F600}\\cJ\\0|\\/',
  '^\\p{Lu}\\P{L}*[\\p{Script=Greek}\\p{Letter}_-]+$',
  '^[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+$',
  '(?<year>\\d{4})-(?<month>\\d\\d)',
  '(?<=[$€])\\d+|(?<!a)b',
  '^\\p{ASCII}*$',
  '^$|^\\^\\$\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|$',
  '[\\b\\-\\]\\\\^]',
];

const SIGNS = [
  ...Array.from('abcxyAB019-_.@$€^[]\\/{}()*+?| wordé'),
  ...['\n', '\r', '\u2028', '\u00a0', '\ufeff', '\u3000', '\t', '\0', '\b'],
  ...['Ω', 'α', '😀', 'AB-12', 'a@b.ch', '2026-11'],
];

describe('a pattern of a caller', () => {
  it.each(PATTERNS)('means what it means to every other engine: %s', (pattern) => {
    const theirs = new RegExp(pattern, 'u');
    const ours = compilePattern(pattern, 'u');
    const text = fc.array(fc.constantFrom(...SIGNS), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(text, (tested) => ours.test(tested) === theirs.test(tested)),
      { numRuns: runs(300) },
    );
  });

  it.each<[flags: string, pattern: string, text: string, isFit: boolean]>([
    ['i', '^straße\\.$', 'STRASSE.', false],
    ['i', '^abc$', 'aBC', true],
    ['m', '^b$', 'a\nb\nc', true],
    ['', '^b$', 'a\nb\nc', false],
    ['s', '^a.b$', 'a\nb', true],
    ['', '^a.b$', 'a\nb', false],
    ['', '\\-', '-', true],
  ])('has the flags %s: /%s/ and %j', (...[flags, pattern, text, isFit]) => {
    expect(compilePattern(pattern, flags).test(text)).toBe(isFit);
    expect(new RegExp(pattern, flags).test(text)).toBe(isFit);
  });

  it.each([
    ['(?=a)b', /looks ahead \(\(\?=a\)\).*say the same without/],
    ['(?!a)b', /looks ahead/],
    ['(a)\\1', /refers back .*\\1.*write out/],
    ['(?<n>a)\\k<n>', /refers back/],
    ['a{1001}', /more than 1000 times: use minLength/],
    ['(a{0,100}){100}', /unfolds|repeats/],
    ['((a{50}){50}){50}', /unfolds to more than 10000 steps/],
    ['\\p{scx=Greek}', /is not understood: use/],
    ['[', /Invalid regular expression/],
    ['(', /Invalid regular expression/],
    ['a{2,1}', /Invalid regular expression/],
    ['\\p{Nothing}', /Invalid regular expression/],
  ])('is refused with what to change: %s', (pattern, says) => {
    expect(() => compilePattern(pattern, 'u')).toThrow(says);
  });

  it('is refused where it is longer than a list should be', () => {
    expect(() => compilePattern('x'.repeat(2_001), 'u')).toThrow(/longer than 2000/);
  });
});
