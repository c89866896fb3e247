import { describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../src/errors/problem.ts';
import { parsePrompt } from '../../src/prompts/parse.ts';
import { compilePrompt, type CompiledTemplate } from '../../src/prompts/render.ts';
import { promptText } from '../support/prompt-folder.ts';

/** `a` is a list, `t` a text, `o` an object, `n` a number. */
const compile = (user: string): CompiledTemplate => {
  const declared = ['a: array', 't: string', 'o: object', 'n: number'].map((each) =>
    each.replace(/: (\w+)/, ': { type: $1, required: false, description: D }'),
  );
  const file = promptText('p', 'v1', { variables: `{ ${declared.join(', ')} }`, user });
  return compilePrompt(parsePrompt(file, 'p/v1.md'), new Map());
};

describe('a value that is no text', () => {
  const odd = JSON.parse(
    '{"toString":1,"valueOf":2,"toLiquid":"</t>","toJSON":"</t>","__proto__":{"x":"</t>"},"</t>":"<t>"}',
  ) as object;

  it('is written as JSON, whatever its keys are called', () => {
    const { user } = compile('<t>{{ o }}</t>').render({ o: odd });
    expect(user).toBe(`<t>${JSON.stringify(odd).replaceAll(/<(?=\/?t>)/g, '&lt;')}</t>`);
    expect(compile('<t>{{ o.size }}{{ o.toString }}{{ o.x }}</t>').render({ o: odd }).user).toBe(
      '<t>61</t>',
    );
  });

  it.each([0, -0, 1e21, 1e-7, Number.MAX_VALUE])('is written as the number %s', (n) => {
    expect(compile('<t>{{ n }}</t>').render({ n }).user).toBe(`<t>${String(n)}</t>`);
  });
});

describe('a caller who wants to hold up all others', () => {
  /** So long that what goes back and forth over it does not end within the limit of a test. */
  const LENGTH = 400_000;

  it.each([
    ['of one sign', '<'],
    ['of quotes', '"'],
    ['of begun tags', '</te'],
    ['of tags', '<text>'],
    ['of blanks behind a <', '<'.padEnd(LENGTH)],
    ['of slashes', `<${'/'.repeat(LENGTH)}`],
    ['of signs that are not seen', `<${'\u200B'.repeat(LENGTH)}!`],
    ['of names with such signs', '<te\u200B'],
    ['of marks', `<t${'\u0301'.repeat(LENGTH)}`],
    ['of look-alikes', '\u2039/t\u0435'],
    ['of wide letters', '<\uFF54\uFF45'],
  ])('does not by a long text %s', (_of, piece) => {
    const compiled = compile('<text title="{{ t }}">{{ t }}</text>');
    const t = piece.repeat(Math.ceil(LENGTH / piece.length));
    // The limit of time for filling in would end it too, and sooner on a slow machine.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    try {
      expect(compiled.render({ t }).user).not.toBe('');
    } finally {
      clock.mockRestore();
    }
  });

  it.each([
    ['a great number', '{% for i in (1..n) %}x{% endfor %}'],
    [
      'a long list made a text',
      '<t>{% assign y = a %}{% for x in a %}{% assign y = y | concat: y %}{% endfor %}</t>',
    ],
  ])('does not by %s: it is a problem of that call', (_by, template) => {
    const compiled = compile(template);
    expect(() => compiled.render({ a: Array(100).fill('x'), n: 1e9 })).toThrow(ProblemError);
  });

  it('does not by a list in a list: filling in takes a second at most', () => {
    const compiled = compile('{% for x in a %}{% for y in a %}{% endfor %}{% endfor %}');
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
    try {
      expect(() => compiled.render({ a: Array(10_000).fill('x') })).toThrow('with so much');
    } finally {
      clock.mockRestore();
    }
    expect(now).toBeLessThan(1_100);
  });
});
