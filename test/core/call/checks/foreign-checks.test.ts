import { afterAll, describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../../src/core/tool/json-schema.ts';
import { WAIT_LIMIT_MS } from '../../../support/limits.ts';
import { buildSchemaChecks } from '../../../../src/core/tool/schema-check.ts';
import { sized } from '../../../support/depth.ts';

/** What is in order must be found so on a slow machine too. */
const checks = buildSchemaChecks({ workMs: WAIT_LIMIT_MS, wallMs: WAIT_LIMIT_MS });
const asker = { owner: 'test' };
const fits = (schema: JsonSchema, value: unknown) => checks.foreign.check(schema, value, asker);
const withField = (field: unknown, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties: { a: field },
  ...more,
});

describe('a check by a schema that a caller brought', () => {
  afterAll(() => checks.foreign.close());

  it('tells a text that other engines would look at for ever that it does not match', async () => {
    const schema = withField({ type: 'string', pattern: '^(\\w|\\d)*$' });
    expect(await checks.foreign.review(schema, asker)).toEqual([]);
    expect(await fits(schema, { a: '1'.repeat(40) })).toEqual([]);
    expect(await fits(schema, { a: `${'1'.repeat(100_000)}!` })).toMatchObject([
      { pointer: '/a', code: 'pattern' },
    ]);
  });

  it('says the same as a check by a schema of ours', async () => {
    const schema = withField({ type: 'string', format: 'date' }, { required: ['a'] });
    for (const value of [{ a: '2026-11-30' }, { a: 'x' }, {}, { a: 1 }, null])
      expect(await fits(schema, value)).toEqual(checks.compile(schema)(value));
  });

  it('that takes too long ends with a problem that says what to change', async () => {
    const hasty = buildSchemaChecks({ workMs: 500, wallMs: 5_000 });
    const twice = { type: 'object', properties: { a: { $ref: '#' } } };
    const schema = { type: 'object', allOf: [twice, twice] };
    let deep: object = {};
    for (let level = 0; level < 40; level += 1) deep = { a: deep };
    expect(await checks.foreign.review(schema, asker)).toEqual([]);
    await expect(hasty.foreign.check(schema, deep, asker)).rejects.toMatchObject({
      code: 'schema_too_costly',
      message: expect.stringMatching(/more time .*Use fewer anyOf/) as string,
    });
    // Its thread is gone; the next job gets another.
    expect(await hasty.foreign.matches({ pattern: 'a', flags: '' }, 'cat', asker)).toBe(true);
    await hasty.foreign.close();
  });

  it('that takes too much memory ends likewise', async () => {
    const small = buildSchemaChecks({ heapMb: 24, workMs: 60_000, wallMs: 120_000 });
    const value = { a: Array.from({ length: 1_300_000 }, () => []) };
    await expect(
      small.foreign.check(withField({ type: 'array' }), value, asker),
    ).rejects.toMatchObject({
      code: 'schema_too_costly',
      message: expect.stringMatching(/more memory/) as string,
    });
    expect(await small.foreign.check(withField({ type: 'array' }), { a: [] }, asker)).toEqual([]);
    await small.foreign.close();
  });

  it('of many, each with another schema, are not in the way of each other', async () => {
    // What is kept of them is more than a thread has room for; the next then begins with an empty one.
    const small = buildSchemaChecks({ heapMb: 64, workMs: 60_000, wallMs: 120_000 });
    for (let at = 0; at < sized(3, 80); at += 1) {
      const names = Array.from({ length: 900 }, (_, field) => `s${String(at)}_${String(field)}`);
      const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
      const schema = { type: 'object', properties, required: names };
      expect(await small.foreign.review(schema, asker)).toEqual([]);
      expect(await small.foreign.check(schema, {}, asker)).toMatchObject([{ code: 'required' }]);
    }
    await small.foreign.close();
  });

  it('refuses a schema that takes too long by itself before it is used', async () => {
    const hasty = buildSchemaChecks({ workMs: 1, wallMs: 1 });
    const properties = Object.fromEntries(
      Array.from({ length: 990 }, (_, at) => [`f${String(at)}`, { type: 'string' }]),
    );
    const schema = { type: 'object', properties };
    expect(await hasty.foreign.review(schema, asker)).toMatchObject([
      { code: 'schema_too_costly', detail: expect.stringMatching(/more time/) as string },
    ]);
    await hasty.foreign.close();
  });

  it('does not start for who is gone, and no other waits for it', async () => {
    const { foreign } = buildSchemaChecks();
    const gone = AbortSignal.abort(new Error('gone'));
    const schema = withField({ type: 'string' });
    await expect(foreign.review(schema, { owner: 'a', signal: gone })).rejects.toThrow('gone');
    expect(await foreign.review(schema, { owner: 'a' })).toEqual([]);
    await foreign.close();
    await expect(foreign.check(schema, {}, asker)).rejects.toThrow(/closed/);
  });

  it('does not read a value beyond all measure', async () => {
    const value = { a: 'x'.repeat(4_200_000) };
    expect(await fits(withField({ type: 'string' }), value)).toMatchObject([{ code: 'too_big' }]);
  });
});
