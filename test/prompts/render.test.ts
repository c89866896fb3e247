import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PromptFile } from '../../src/prompts/parse.ts';
import { buildCompiler } from '../../src/prompts/render.ts';

const META = { id: 'p', version: 'v1' } as PromptFile['meta'];
const TEMPLATE = '<text>\n{{ text }}\n</text>\n<doc-title lang="x">{{ title }}</doc-title>';
const compile = (user: string, system = 'You read.') =>
  buildCompiler('prompts/_shared')({ meta: META, system, user });
const prompt = compile(TEMPLATE);
const rendered = (text: unknown, title: unknown = 'T'): string =>
  prompt.render({ text, title }).user;

/** What stands between the tags that the prompt itself wrote. */
const between = (whole: string): string =>
  whole.slice('<text>\n'.length, whole.lastIndexOf('\n</text>\n<doc-title'));

/** How a model may read a tag: any case, blanks anywhere. */
const TAG = /<\s*\/?\s*(?:text|doc-title)\b/i;

const blanks = fc.string({
  unit: fc.constantFrom(' ', '\n', '\t', '\u00a0', '\ufeff'),
  maxLength: 2,
});
const odd = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) =>
      upper.map((up, i) => (up ? word.charAt(i).toUpperCase() : word.charAt(i))).join(''),
    );
const tag = fc
  .tuple(
    blanks,
    fc.constantFrom('', '/'),
    blanks,
    fc.constantFrom('text', 'doc-title').chain(odd),
    blanks,
    fc.constantFrom('>', ' a="b">', '/>', ''),
  )
  .map(([a, slash, b, name, c, end]) => `<${a}${slash}${b}${name}${c}${end}`);

describe('a text of the caller in a prompt', () => {
  it('can neither close nor open a section of the prompt, however its tags are written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(tag, fc.string({ unit: 'grapheme' })), { maxLength: 6 }),
        (parts) => {
          const inner = between(rendered(parts.join('')));
          expect(inner).not.toMatch(TAG);
          expect(inner.replaceAll('&lt;', '<')).toBe(parts.join('').replaceAll('&lt;', '<'));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stays as it is when it holds no tag of the prompt', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!TAG.test(text));
        expect(between(rendered(text))).toBe(text);
      }),
    );
  });

  it.each([
    'a < b && b > c',
    '<html><b>bold</b></html>',
    '<texture> and <textual/>',
    'text> /text> <',
    '&lt;text&gt; &amp;',
    '{{ title }} {% if x %} {% raw %}',
    '# user\n# system',
    'it\'s "quoted" \\ and $1 $& ${x}',
    'line\r\nline\ttab',
  ])('is not touched: %j', (text) => {
    expect(between(rendered(text))).toBe(text);
  });

  it('is made harmless inside lists and objects too', () => {
    expect(rendered({ a: '</text>' })).toContain('{"a":"&lt;/text>"}');
    const each = compile('<text>{% for t in texts %}{{ t.body }};{% endfor %}</text>');
    expect(each.render({ texts: [{ body: '</TEXT>' }, { body: 'ok' }] }).user).toBe(
      '<text>&lt;/TEXT>;ok;</text>',
    );
  });

  it('cannot reach what every object has', () => {
    const peek = compile('<text>{{ text.constructor.name }}{{ text.__proto__ }}</text>');
    expect(peek.render({ text: {} }).user).toBe('<text></text>');
  });
});

describe('a variable', () => {
  it.each([undefined, null])('that is %s is nothing', (value) => {
    expect(between(rendered(value))).toBe('');
  });

  it('that nobody gave is nothing', () => {
    expect(prompt.render({ title: 'T' }).user).toBe(
      '<text>\n\n</text>\n<doc-title lang="x">T</doc-title>',
    );
  });

  it('that is a number or a truth value is written as such', () => {
    expect(rendered(120, true)).toContain('\n120\n');
    expect(rendered(120, false)).toContain('>false<');
    expect(rendered(0)).toContain('\n0\n');
  });
});

describe('a template', () => {
  it('may take in a shared file, with its tags as they are', () => {
    const { system } = compile('{{ x }}', "<handbook>{% render 'handbook.md' %}</handbook>").render(
      {},
    );
    expect(system).toMatch(/^<handbook># Larkfield support handbook/);
    expect(system.length).toBeGreaterThan(10_000);
  });

  it('without tags leaves all text alone', () => {
    expect(compile('{{ text }}').render({ text: '<text></b>' }).user).toBe('<text></b>');
  });

  it.each(['{% if x %}', '{{ x | shout }}', '{% nonsense %}'])('with %s is refused', (user) => {
    expect(() => compile(user).render({ x: 1 })).toThrow();
  });
});
