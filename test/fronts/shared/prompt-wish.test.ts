import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrontMatter } from '../../../schemas/wire/prompt-file.ts';
import { parsePromptWish } from '../../../src/fronts/shared/prompt-wish.ts';
import { ProblemError } from '../../../src/errors/problem.ts';

const { id: Id, version: Version } = FrontMatter.shape;

/** What a prompt's front matter may be called, the two sides of the sign apart. */
const isName = (text: string): boolean => {
  const [id, version, ...more] = text.split('@');
  return more.length === 0 && Id.safeParse(id).success && Version.safeParse(version).success;
};

const nearly = fc
  .array(fc.constantFrom('faq', 'a', '-', '@', 'v', '0', '1', '23', ' ', 'V', '.', '/', '\n', 'ü'))
  .map((parts) => parts.join(''));

describe('the wish for a version of a prompt', () => {
  it('is every id and version that front matter may have, without the spaces around it', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z][a-z0-9-]{0,40}$/),
        fc.integer({ min: 1 }),
        fc.constantFrom('', ' ', '\t '),
        (id, number, space) => {
          const wish = `${id}@v${String(number)}`;
          expect(parsePromptWish(`${space}${wish}${space}`)).toBe(wish);
        },
      ),
    );
  });

  it('is nothing else', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        if (isName(text.trim())) expect(parsePromptWish(text)).toBe(text.trim());
        else expect(() => parsePromptWish(text)).toThrow(ProblemError);
      }),
    );
  });

  it.each([undefined, null, 7, {}, ['faq@v1'], `${'a'.repeat(200)}@v1`])(
    'is not %j; where it may stand and how is said',
    (said) => {
      expect(() => parsePromptWish(said)).toThrow(
        /X-Tollgate-Prompt .*_meta\["tollgate\/prompt"\].* faq@v3/,
      );
    },
  );
});
