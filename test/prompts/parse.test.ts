import { describe, expect, it } from 'vitest';
import { parsePrompt } from '../../src/prompts/parse.ts';

const HEAD = `id: greet
version: v2
author: somebody
date: 2026-11-23
why: To test with.
status: live
model: { max_output_tokens: 100, expected_output_tokens: 10 }
variables:
  name: { type: string, required: true, description: Who to greet }`;
const BODY = '# system\nYou greet.\n# user\nGreet {{ name }}.\n';
const file = (head = HEAD, body = BODY): string => `---\n${head}\n---\n${body}`;
/** A few lines that would be a thousand million. */
function bomb(): string {
  const level = (at: number): string =>
    `l${String(at)}: &l${String(at)} [${`*l${String(at - 1)},`.repeat(9)}]`;
  return ['l0: &l0 x', ...Array.from({ length: 9 }, (_, at) => level(at + 1))].join('\n');
}
const parse = (text: string) => parsePrompt(text, 'prompts/greet/v2.md');

describe('a prompt file', () => {
  it('is front matter and two sections', () => {
    const { meta, system, user } = parse(file());
    expect(meta).toMatchObject({
      id: 'greet',
      version: 'v2',
      date: '2026-11-23',
      model: { max_output_tokens: 100, expected_output_tokens: 10 },
    });
    expect(system).toBe('You greet.');
    expect(user).toBe('Greet {{ name }}.');
  });

  it('may have line ends of Windows', () => {
    expect(parse(file().replaceAll('\n', '\r\n'))).toEqual(parse(file()));
  });

  it('may begin with the mark that some editors put there', () => {
    expect(parse(`\uFEFF${file()}`)).toEqual(parse(file()));
  });

  it('may name a value once and use it again', () => {
    const head = HEAD.replace('author: somebody', 'author: &who somebody').replace(
      'To test with.',
      '*who',
    );
    expect(parse(file(head)).meta).toMatchObject({ author: 'somebody', why: 'somebody' });
  });

  it('may have --- and headings inside its sections', () => {
    const body = '# system\nA\n---\n## user\nB\n# user\nC\n# notes\nD\n';
    expect(parse(file(HEAD, body))).toMatchObject({
      system: 'A\n---\n## user\nB',
      user: 'C\n# notes\nD',
    });
  });

  it.each([
    ['nothing', '', 'front matter'],
    ['no front matter', BODY, 'front matter'],
    ['an open front matter', `---\n${HEAD}\n${BODY}`, 'front matter'],
    ['YAML that is none', file('id: [greet'), /\]|flow/i],
    ['no id', file(HEAD.replace('id: greet', '')), 'id'],
    ['an id with capitals', file(HEAD.replace('greet', 'Greet')), 'id'],
    ['a version without v', file(HEAD.replace('v2', '2')), 'version'],
    ['version v0', file(HEAD.replace('v2', 'v0')), 'version'],
    ['a day that is none', file(HEAD.replace('11-23', '11-31')), 'date'],
    [
      'no limit for the answer',
      file(HEAD.replace('max_output_tokens: 100, ', '')),
      'max_output_tokens',
    ],
    ['a limit of nothing', file(HEAD.replace('100', '0')), 'max_output_tokens'],
    ['an unknown setting', file(`${HEAD}\ntemperature: 1`), 'temperature'],
    [
      'a variable without a meaning',
      file(HEAD.replace(', description: Who to greet', '')),
      'description',
    ],
    ['a key twice', file(`${HEAD}\nid: other`), 'unique'],
    ['a limit that is no number any more', file(HEAD.replace('100', '1e400')), 'max_output_tokens'],
    ['a limit too great to count', file(HEAD.replace('100', '1e300')), 'max_output_tokens'],
    ['half a token', file(HEAD.replace('100', '0.5')), 'max_output_tokens'],
    ['a time for a day', file(HEAD.replace('11-23', '11-23T10:00:00Z')), 'date'],
    ['a number for an author', file(HEAD.replace('somebody', '7')), 'author'],
    ['a tag of YAML', file(HEAD.replace('somebody', '!!js/function x')), 'tag'],
    ['variables merged in', file(HEAD.replace('variables:', 'variables:\n  <<: {}')), '<<'],
    ['a list for a front matter', file('- id: greet'), 'object'],
    ['nothing in its front matter', file(''), 'object'],
    ['two front matters', file(`${HEAD}\n...\nid: other`), /document/],
    ['a reference to nothing', file(HEAD.replace('somebody', '*nobody')), 'nobody'],
    ['a bomb of references', file(`${HEAD}\n${bomb()}`), 'alias'],
    ['no sections', file(HEAD, 'Greet.'), '# system'],
    ['no user section', file(HEAD, '# system\nA\n'), '# user'],
    ['sections the wrong way round', file(HEAD, '# user\nA\n# system\nB\n'), '# system'],
    ['text before its first section', file(HEAD, 'Hello.\n# system\nA\n# user\nB\n'), '# system'],
  ])('with %s is refused, and the message names the file', (_name, text, reason) => {
    expect(() => parse(text)).toThrow('prompts/greet/v2.md');
    expect(() => parse(text)).toThrow(reason);
  });
});
