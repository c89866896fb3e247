import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrontMatter } from '../../schemas/wire/prompt-file.ts';
import { ProblemError } from '../../src/errors/problem.ts';
import { compilePrompt, type CompiledTemplate } from '../../src/prompts/render.ts';
import { parsePrompt } from '../../src/prompts/parse.ts';
import { promptText } from '../support/prompt-folder.ts';

const optional = (type = 'string') => `{ type: ${type}, required: false, description: D }`;

function compile(
  user: string,
  {
    shared = {},
    variables = ['text', 'title'],
    system = 'You read.',
  }: { shared?: Record<string, string>; variables?: string[]; system?: string } = {},
): CompiledTemplate {
  const declared = variables.map((each) => {
    const [name = '', type] = each.split(':');
    return `  ${name}: ${optional(type)}`;
  });
  const file = promptText('p', 'v1', { variables: `\n${declared.join('\n')}`, user, system });
  return compilePrompt(parsePrompt(file, 'p/v1.md'), new Map(Object.entries(shared)));
}

const TEMPLATE = '<text>\n{{ text }}\n</text>\n<doc-title lang="x">{{ title }}</doc-title>';
const prompt = compile(TEMPLATE);
const rendered = (text: string, title = 'T'): string => prompt.render({ text, title }).user;

/** What stands between the tags that the prompt itself wrote. */
const between = (whole: string): string =>
  whole.slice('<text>\n'.length, whole.lastIndexOf('\n</text>\n<doc-title'));

describe('a text of the caller in a prompt', () => {
  it('stays as it is when it holds nothing that opens a tag of the prompt', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!/[<\uFF1C\uFE64]/.test(text));
        expect(between(rendered(text))).toBe(text);
      }),
    );
  });

  it.each([
    'a < b && b > c',
    '<html><b>bold</b></html>',
    '<texture> and <textual/>',
    'text> /text>',
    '&lt;text&gt; &amp;',
    '{{ title }} {% if x %} {% raw %}',
    '# user\n# system',
    'it\'s "quoted" \\ and $1 $& ${x}',
    'line\r\nline\ttab',
  ])('is not touched: %j', (text) => {
    expect(between(rendered(text))).toBe(text);
  });

  it('cannot reach what every object has', () => {
    const peek = compile('<text>{{ text.constructor.name }}{{ text.__proto__ }}</text>', {
      variables: ['text:object'],
    });
    expect(peek.render({ text: {} }).user).toBe('<text></text>');
  });

  it('is not run: a template in it stays text', () => {
    expect(rendered('{{ title }}{% render "secret" %}')).toContain(
      '{{ title }}{% render "secret" %}',
    );
  });
});

describe('a variable', () => {
  it.each([undefined, null])('that is %s is nothing, where it may be left out', (value) => {
    expect(prompt.render({ text: value, title: 'T' }).user).toBe(
      '<text>\n\n</text>\n<doc-title lang="x">T</doc-title>',
    );
  });

  it('that is a number or a truth value is written as such', () => {
    const typed = compile('<t>{{ n }} {{ b }}</t>', { variables: ['n:number', 'b:boolean'] });
    expect(typed.render({ n: 120, b: false }).user).toBe('<t>120 false</t>');
    expect(typed.render({ n: 0, b: true }).user).toBe('<t>0 true</t>');
  });

  it('that the prompt does not declare is not seen', () => {
    expect(prompt.render({ text: 'a', title: 'b', options: { quality: 'best' } }).user).toBe(
      rendered('a', 'b'),
    );
  });

  const strict = (variable: string): ((given: Record<string, unknown>) => string) => {
    const file = promptText('p', 'v1', {
      variables: `{ name: ${variable} }`,
      user: '<n>{{ name }}</n>',
    });
    const compiled = compilePrompt(parsePrompt(file, 'p/v1.md'), new Map());
    return (given) => compiled.render(given).user;
  };

  it('has its default where none is given', () => {
    const greet = strict('{ type: string, required: true, default: you, description: D }');
    expect(greet({})).toBe('<n>you</n>');
    expect(greet({ name: 'Anna' })).toBe('<n>Anna</n>');
  });

  it.each([
    ['is missing', {}, 'required'],
    ['is of another type', { name: 7 }, 'wrong_type'],
    ['is too long', { name: 'Annabella' }, 'too_long'],
  ])('that %s is a problem that names it', (_what, given, code) => {
    const greet = strict('{ type: string, required: true, max_length: 5, description: D }');
    try {
      greet(given);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ProblemError);
      expect((error as ProblemError).code).toBe('invalid_input');
      expect((error as ProblemError).details.errors).toEqual([
        expect.objectContaining({ pointer: '/name', code }),
      ]);
    }
  });

  it.each([
    [
      'a default of another type',
      '{ type: string, required: false, default: 7, description: D }',
      'the default of the variable "name": It is of type number; expected: string',
    ],
    [
      'a default that is too long',
      '{ type: string, required: false, default: Annabella, max_length: 5, description: D }',
      'Its length is 9; expected: at most 5',
    ],
    [
      'a length that its type does not have',
      '{ type: number, required: false, max_length: 5, description: D }',
      'max_length, which a number does not have',
    ],
  ])('that has %s is refused, before anybody calls', (_what, variable, message) => {
    expect(() => strict(variable)).toThrow(message);
  });

  it('may be as long as a list, or a text, as it says', () => {
    const list = compile('<t>{{ l | join: "," }}</t>', { variables: ['l:array'] });
    expect(list.render({ l: ['a', 'b'] }).user).toBe('<t>a,b</t>');
    const short = strict('{ type: array, required: true, max_length: 1, description: D }');
    expect(short({ name: ['a'] })).toBe('<n>["a"]</n>');
    expect(() => short({ name: ['a', 'b'] })).toThrow('name');
  });
});

describe('a template', () => {
  it('may take in a shared text, with its tags as they are', () => {
    const shared = { 'a.md': '<b>A {{ text }}</b>' };
    const compiled = compile('<text>{{ text }}{{ title }}</text>', {
      shared,
      system: "<book>{% render 'a.md' %}</book>",
    });
    expect(compiled.render({ text: 'secret', title: '' }).system).toBe('<book><b>A </b></book>');
  });

  it('without tags leaves all text alone', () => {
    const compiled = compile('{{ text }}', { variables: ['text'] });
    expect(compiled.render({ text: '<text></b>' }).user).toBe('<text></b>');
  });

  it.each([
    '{% if x %}',
    '{{ text | shout }}',
    '{% nonsense %}',
    '{% include "a.md" %}',
    '{% layout "a.md" %}',
    '{% cycle text, title %}',
    '{% render "../../package.json" %}',
    '{{ unknown }}',
  ])('with %s is refused', (user) => {
    expect(() => compile(user).render({ text: 'x', title: 'y' })).toThrow();
  });

  it('is strict in a check: a field that is not there is named', () => {
    const each = compile('<t>{% for t in texts %}{{ t.bdoy }}{% endfor %}</t>', {
      variables: ['texts:array'],
    });
    expect(each.render({ texts: [{ body: 'x' }] }).user).toBe('<t></t>');
    expect(() => each.renderStrictly({ texts: [{ body: 'x' }] })).toThrow('bdoy');
  });
});

describe('front matter', () => {
  it('knows a chain and an effort', () => {
    const { meta } = parsePrompt(
      promptText('p', 'v1', { model: ', chain: deep, effort: low' }),
      'p/v1.md',
    );
    expect(meta.model satisfies FrontMatter['model']).toMatchObject({
      chain: 'deep',
      effort: 'low',
    });
  });
});
