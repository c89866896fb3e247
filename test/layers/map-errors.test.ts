import { describe, expect, it } from 'vitest';
import type { CallMeta, Next, Outcome } from '../../src/core/call/call.ts';
import { CODES, type Code } from '../../src/errors/codes.ts';
import { problem, type ProblemError } from '../../src/errors/problem.ts';
import { buildMapErrors } from '../../src/layers/map-errors.ts';
import { fakeCall } from '../support/calls.ts';

const layer = buildMapErrors();
async function through(below: Next, meta: Partial<CallMeta> = {}) {
  const call = fakeCall({}, meta);
  const outcome = await layer(call, below);
  return { outcome, meta: call.meta };
}
const throwing =
  (error: unknown): Next =>
  () => {
    throw error as Error;
  };
const problemOf = (outcome: Outcome): ProblemError => {
  if (outcome.ok) throw new Error('it went well');
  return outcome.problem;
};

describe('map-errors', () => {
  it('lets an answer through and calls it complete', async () => {
    const answer: Outcome = { ok: true, output: 1 };
    const { outcome, meta } = await through(() => Promise.resolve(answer), { servedBy: 'model' });
    expect(outcome).toBe(answer);
    expect(meta).toMatchObject({ finish: 'complete', errorCode: null, servedBy: 'model' });
  });

  it.each(Object.keys(CODES) as Code[])(
    'makes an outcome of a thrown %s, and books it',
    async (code) => {
      const cause = new Error('why');
      const { outcome, meta } = await through(throwing(problem(code, { detail: 'D', cause })), {
        servedBy: 'model',
      });
      expect(problemOf(outcome)).toMatchObject({ code, details: { detail: 'D', cause } });
      const finish: Partial<Record<Code, string>> = {
        cancelled: 'cancelled',
        output_truncated: 'truncated',
        model_refused: 'refused',
      };
      expect(meta).toMatchObject({
        finish: finish[code] ?? 'error',
        errorCode: code,
        servedBy: 'none',
      });
    },
  );

  it('books a problem that came back as an outcome like one that was thrown', async () => {
    const found = problem('model_unavailable', { detail: 'down' });
    const { outcome, meta } = await through(() => Promise.resolve({ ok: false, problem: found }));
    expect(problemOf(outcome).code).toBe('model_unavailable');
    expect(meta).toMatchObject({ finish: 'error', errorCode: 'model_unavailable' });
  });

  it.each([new TypeError('x'), 'text', undefined])('lets nothing else out: %j', async (thrown) => {
    expect(problemOf((await through(throwing(thrown))).outcome).code).toBe('internal_error');
  });

  it('says what a stream had sent by then', async () => {
    const partial = { usable: true, text_chars: 12 };
    const error = problem('model_stream_broken', { detail: 'broken' });
    const { outcome } = await through(throwing(error), { partial });
    expect(problemOf(outcome).details.partial).toEqual(partial);
    const { outcome: silent } = await through(throwing(error));
    expect(problemOf(silent).details).not.toHaveProperty('partial');
  });
});
