import { afterAll, describe, expect, it } from 'vitest';
import { buildSchemaChecks } from '../../../../src/core/tool/schema-check.ts';
import { runs } from '../../../support/depth.ts';
import { slowPatterns } from '../../../fuzz-slow/patterns.ts';

const all = slowPatterns();

/** Every so many of them, from another one in each kind; all of them where depth is asked for. */
const step = Math.max(1, Math.floor(all.length / runs(30)));

describe('patterns and schemas made to be slow', () => {
  const checks = buildSchemaChecks({ workMs: 500, wallMs: 3_000 });
  afterAll(() => checks.foreign.close());

  it('are 300 different ones', () => {
    const different = new Set(all.map(({ schema }) => JSON.stringify(schema)));
    expect(different.size).toBeGreaterThan(300);
  });

  it.each(all.filter((_, at) => at % step === 0))(
    'end, by a verdict or by a problem that says what to change: $name',
    async ({ schema, text }) => {
      const asker = { owner: 'attacker' };
      const objections = await checks.foreign.review(schema, asker);
      for (const { code, detail } of objections) {
        expect(code).toMatch(/^(?:invalid_schema|schema_too_costly)$/);
        expect(detail.length).toBeGreaterThan(20);
      }
      if (objections.length > 0) return;
      const end = await checks.foreign.check(schema, { a: text }, asker).then(
        () => 'verdict',
        (error: unknown) => (error as { code?: string }).code,
      );
      expect(end).toMatch(/^(?:verdict|schema_too_costly)$/);
    },
  );
});
