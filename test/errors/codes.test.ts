import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CODES, rowOf, type Code } from '../../src/errors/codes.ts';
import { isRetryable } from '../../src/errors/problem.ts';

const codes = Object.keys(CODES) as Code[];

interface OpenApi {
  components: { schemas: { Problem: { properties: { code: { enum: string[] } } } } };
}
const openapi = parse(readFileSync('openapi.yaml', 'utf8')) as OpenApi;

describe.each(codes)('the code %s', (code) => {
  const row = rowOf(code);

  it('says what to do next', () => {
    expect(row.actions.length).toBeGreaterThan(0);
    for (const { action, why, href } of row.actions) {
      expect(action).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(why).toMatch(/^[A-Z].{10,}/);
      expect(href ?? '/').toMatch(/^\//);
    }
  });

  it('does not send an agent round in circles: only what can succeed is tried again', () => {
    const verbs = row.actions.map(({ action }) => action);
    expect(isRetryable(code)).toBe(row.retry === 'same' || row.retry === 'after_delay');
    expect(verbs.includes('retry_after_delay')).toBe(row.retry === 'after_delay');
    if (verbs.includes('retry_once')) expect(row.retry).toBe('same');
    if (verbs[0] === 'ask_owner') expect(row.retry).toBe('none');
    if (row.retry === 'modify') expect(verbs[0]).not.toMatch(/^(retry|ask_owner|stop)/);
  });

  it('has the kind of status its category stands for', () => {
    const allowed: Record<typeof row.category, readonly number[]> = {
      input: [400, 405, 406, 409, 413, 415, 422],
      access: [401, 403],
      // 504 is what HTTP says where only a cached answer would do.
      not_found: [404, 504],
      limit: [402, 409, 429, 503, 504],
      model: [422, 502, 503, 504],
      server: [500, 503],
      cancelled: [499],
    };
    expect(allowed[row.category]).toContain(row.status);
  });

  it('is written for people: a title without and a page with full stops', () => {
    expect(row.title).toMatch(/^[A-Z][^.]{9,70}$/);
    expect(row.about).toMatch(/^[A-Z][\s\S]{20,}\.$/);
    expect(row.title).not.toContain(code);
  });
});

describe('the table of codes', () => {
  it('is the list that the API description shows, none missing and none dead', () => {
    expect(openapi.components.schemas.Problem.properties.code.enum).toEqual(codes);
  });

  it('has no two codes with the same title', () => {
    expect(new Set(codes.map((code) => rowOf(code).title)).size).toBe(codes.length);
  });
});
