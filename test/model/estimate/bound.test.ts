import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBounds, measure, type Bounds } from '../../../src/model/estimate/bound.ts';
import { estimateTokens } from '../../../src/model/estimate/count-tokens.ts';
import { counted, MODEL } from '../../support/counted.ts';

const texts = (user: string, system = 'S'.repeat(4_000)) => ({ system, user, schema: '{}' });
const bytes = (text: string): number => Buffer.byteLength(text);

/** The provider has counted a prompt so. */
function counts(bounds: Bounds, user: string, tokens: number): void {
  const sent = measure(texts(user));
  const estimate = { input: tokens };
  bounds.learn({ ...counted({ usage: { input: tokens }, estimate }), sent });
}

/** Texts of which an average says nothing, up to halves of characters. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .constantFrom('\u0001', '\t', '\n', ' ', '\ud83d', '\u{1f9d1}\u200d\u{1f680}', 'ﷺ', 'a')
    .chain((unit) => fc.nat(2_000).map((times) => unit.repeat(times))),
);

describe('the bound of a prompt', () => {
  it('is never below a token a byte, whatever the texts are', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (system, user, schema) => {
        const most = buildBounds().most(measure({ system, user, schema }), MODEL);
        expect(most).toBeGreaterThan(bytes(system) + bytes(user) + bytes(schema));
      }),
    );
  });

  it('has room for 190,000 control characters, which an average took for 279 tokens', () => {
    const text = '\u0001'.repeat(190_000);
    expect(buildBounds().most(measure(texts(text)), MODEL)).toBeGreaterThan(190_000);
    expect(estimateTokens(text, 1)).toBe(190_000);
  });

  it('is, once a prompt was counted, that count and the bytes of what is new', () => {
    const bounds = buildBounds();
    counts(bounds, 'Where is it?', 1_000);
    expect(bounds.most(measure(texts('Why? é')), MODEL)).toBe(1_000 + 7);
  });

  it('goes by the smallest count: the part that comes again is no larger', () => {
    const bounds = buildBounds();
    counts(bounds, 'x'.repeat(900), 1_300);
    counts(bounds, 'Where?', 1_020);
    counts(bounds, 'x'.repeat(500), 1_150);
    expect(bounds.most(measure(texts('Why?')), MODEL)).toBe(1_020 + 4);
  });

  it('is proven for nothing but the same model, the same system prompt and the same shape', () => {
    const bounds = buildBounds();
    const before = bounds.most(measure(texts('Why?')), MODEL);
    counts(bounds, 'Where?', 1_020);
    expect(bounds.most(measure(texts('Why?')), 'claude-haiku-5-5')).toBe(before);
    const other = measure({ ...texts('Why?'), schema: '[]' });
    expect(bounds.most(other, MODEL)).toBe(before);
    const changed = 'S'.repeat(3_999) + 'T';
    expect(bounds.most(measure(texts('Why?', changed)), MODEL)).toBe(before);
  });

  it('learns nothing from a count that is not the provider’s, is nothing, or is absurdly small', () => {
    const bounds = buildBounds();
    const sent = measure(texts('Where?'));
    const before = bounds.most(sent, MODEL);
    for (const usage of [{ source: 'estimated' }, { source: 'none' }, { input: 0 }] as const)
      bounds.learn({ ...counted({ usage }), sent });
    bounds.learn({ ...counted({ usage: { input: 111 }, estimate: { input: 1_000 } }), sent });
    bounds.learn(counted());
    expect(bounds.most(sent, MODEL)).toBe(before);
  });

  it('that a later count refutes is the bytes again, for good', () => {
    const bounds = buildBounds();
    const before = bounds.most(measure(texts('Why?')), MODEL);
    counts(bounds, 'Where?', 1_020);
    counts(bounds, 'Who?', 1_100);
    counts(bounds, 'Where?', 1_020);
    expect(bounds.most(measure(texts('Why?')), MODEL)).toBe(before);
  });

  it('is raised for a model that counts more than a token a byte, with a margin', () => {
    const bounds = buildBounds();
    const before = bounds.most(measure(texts('Why?')), MODEL);
    counts(bounds, 'Who?', 3 * before);
    const after = bounds.most(measure(texts('x'.repeat(9_000))), MODEL);
    expect(after).toBeGreaterThan(3 * (4_000 + 9_000));
    expect(bounds.most(measure(texts('Why?')), 'claude-haiku-5-5')).toBe(before);
  });

  it('is raised as soon as the provider has counted, whatever becomes of the attempt', () => {
    const bounds = buildBounds();
    const sent = measure(texts('Why?'));
    bounds.seen({ model: MODEL, sent, tokens: 9_000 });
    expect(bounds.most(sent, MODEL)).toBeGreaterThan(9_000);
  });

  it('forgets one absurd count after some dozens of ordinary ones', () => {
    const bounds = buildBounds();
    const before = bounds.most(measure(texts('Why?')), MODEL);
    bounds.seen({ model: MODEL, sent: measure(texts('Why?')), tokens: 900_000 });
    for (let n = 0; n < 80; n += 1) counts(bounds, `Who is ${String(n)}?`, 1_000);
    expect(bounds.most(measure(texts('Why?', 'S'.repeat(3_999) + 'T')), MODEL)).toBe(before);
  });

  it('holds for every provider that counts blocks apart, and no more than a token a byte', () => {
    const block = (text: string, part: number): number => Math.floor(bytes(text) * part);
    fc.assert(
      fc.property(
        fc.array(anyText, { minLength: 2, maxLength: 8 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.nat(500),
        (users, part, hidden) => {
          const bounds = buildBounds();
          const system = 'A handbook. '.repeat(200);
          for (const user of users) {
            const sent = measure(texts(user, system));
            const tokens = hidden + block(system, part) + block(user, part) + 1;
            expect(tokens).toBeLessThanOrEqual(bounds.most(sent, MODEL));
            const estimate = { input: tokens };
            bounds.learn({ ...counted({ usage: { input: tokens }, estimate }), sent });
          }
        },
      ),
    );
  });
});
