import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CODES, type Code } from '../../src/errors/codes.ts';
import {
  firstDecision,
  nextDecision,
  type RetryInput,
  type RetryDecision,
  isUnpaid,
} from '../../src/model/retry-policy.ts';
import { runs } from '../support/depth.ts';

const CODE_NAMES = Object.keys(CODES) as Code[];
const CHAIN = ['a', 'b', 'c', 'd'];
const PASSING: Code[] = [
  'model_unavailable',
  'model_rate_limited',
  'model_stream_broken',
  'model_timeout',
  'model_paused',
  'overloaded',
];
/** Codes that are neither passing nor have a cure of their own. */
const FINAL = CODE_NAMES.filter(
  (code) => ![...PASSING, 'invalid_output', 'context_exceeded'].includes(code) && !isUnpaid(code),
);

type Failed = RetryInput['failed'];

/** The first model of four has failed once, with plenty of time and everything open. */
const situation = ({
  failed,
  ...over
}: Partial<Omit<RetryInput, 'failed'>> & { failed?: Partial<Failed> } = {}): RetryInput => ({
  failed: {
    model: 'a',
    code: 'model_unavailable',
    retryAfterMs: null,
    isFinal: false,
    ...failed,
  },
  made: { all: 1, same: 1 },
  mended: false,
  mostAttempts: 5,
  timeLeftMs: 60_000,
  backoffMs: 500,
  models: CHAIN,
  objection: () => null,
  contextTokens: () => 1_000,
  ...over,
});

const only =
  (...open: string[]) =>
  (model: string): string | null =>
    open.includes(model) ? null : 'its breaker is open';

const isAsk = (step: RetryDecision): step is Extract<RetryDecision, { do: 'ask' }> =>
  step.do === 'ask';

describe('the first step', () => {
  const options = { models: CHAIN, contextTokens: () => 1_000 };

  it('is the first model of the chain', () => {
    expect(firstDecision({ ...options, objection: () => null })).toEqual({
      do: 'ask',
      model: 'a',
      afterMs: 0,
      repair: false,
      reason: 'The first of the chain.',
    });
  });

  it('passes over those that cannot be asked, and says why of each', () => {
    expect(firstDecision({ ...options, objection: only('c') })).toMatchObject({
      model: 'c',
      reason:
        'The best left of the chain. a was passed over: its breaker is open. b was passed over: its breaker is open.',
    });
  });

  it('is to stop when nobody can be asked', () => {
    expect(firstDecision({ ...options, objection: only() })).toEqual({ do: 'stop' });
    expect(firstDecision({ ...options, models: [], objection: () => null })).toEqual({
      do: 'stop',
    });
  });
});

describe('after a failure that passes', () => {
  it.each([
    'model_unavailable',
    'model_rate_limited',
    'model_stream_broken',
    'model_paused',
  ] as const)('the same model is asked once more: %s', (code) => {
    const step = nextDecision(situation({ failed: { code } }));
    expect(step).toMatchObject({ do: 'ask', model: 'a', afterMs: 500, repair: false });
    expect(isAsk(step) && step.reason).toBe(`The same again after ${code}, 500 ms later.`);
  });

  it.each(['model_timeout', 'overloaded'] as const)(
    'what is slow or full stays so: %s goes to the next model at once',
    (code) => {
      expect(nextDecision(situation({ failed: { code } }))).toMatchObject({
        model: 'b',
        afterMs: 0,
      });
    },
  );

  it('the next is asked when the same has failed twice', () => {
    const step = nextDecision(situation({ made: { all: 2, same: 2 } }));
    expect(step).toMatchObject({ model: 'b', afterMs: 0 });
    expect(isAsk(step) && step.reason).toBe('The next of the chain, after model_unavailable of a.');
  });

  it('the next is asked when the same asked for no repetition, or cannot be asked any more', () => {
    expect(nextDecision(situation({ failed: { isFinal: true } }))).toMatchObject({ model: 'b' });
    const step = nextDecision(situation({ objection: only('c') }));
    expect(step).toMatchObject({ model: 'c' });
    expect(isAsk(step) && step.reason).toContain('b was passed over: its breaker is open.');
  });

  it('is the end behind the last model', () => {
    const failed = { model: 'd', code: 'model_timeout' } as const;
    expect(nextDecision(situation({ failed }))).toEqual({ do: 'stop' });
  });

  it.each(CODE_NAMES.filter(isUnpaid))('%s may let a cheaper model be paid for', (code) => {
    const step = nextDecision(situation({ failed: { code } }));
    expect(step).toMatchObject({ model: 'b', afterMs: 0, repair: false });
  });

  it.each(FINAL)('but %s is none: another model would not cure it', (code) => {
    expect(nextDecision(situation({ failed: { code } }))).toEqual({ do: 'stop' });
  });
});

describe('a provider that says when to come back', () => {
  const code = 'model_rate_limited';

  it('is obeyed when it is soon', () => {
    const failed = { code, retryAfterMs: 1_400 } as const;
    expect(nextDecision(situation({ failed }))).toMatchObject({ model: 'a', afterMs: 1_400 });
  });

  it('and asks for less than our own patience gets ours', () => {
    const failed = { code, retryAfterMs: 20 } as const;
    expect(nextDecision(situation({ failed }))).toMatchObject({ model: 'a', afterMs: 500 });
  });

  it('is left for the next model when it takes longer than anybody waits', () => {
    const failed = { code, retryAfterMs: 1_501 } as const;
    expect(nextDecision(situation({ failed }))).toMatchObject({ model: 'b', afterMs: 0 });
  });

  it('is waited for when there is no other, if there is time', () => {
    const failed = { model: 'd', code, retryAfterMs: 30_000 } as const;
    expect(nextDecision(situation({ failed }))).toMatchObject({ model: 'd', afterMs: 30_000 });
    expect(nextDecision(situation({ failed, timeLeftMs: 30_100 }))).toMatchObject({ model: 'd' });
    expect(nextDecision(situation({ failed, timeLeftMs: 30_099 }))).toEqual({ do: 'stop' });
  });
});

describe('a reply of the wrong shape', () => {
  const failed = { code: 'invalid_output' } as const;

  it('is given back to its model to mend, once', () => {
    expect(nextDecision(situation({ failed }))).toMatchObject({
      model: 'a',
      repair: true,
      afterMs: 0,
    });
    expect(nextDecision(situation({ failed, mended: true }))).toEqual({ do: 'stop' });
  });

  it('is the end when the model cannot be asked any more', () => {
    expect(nextDecision(situation({ failed, objection: only('b') }))).toEqual({ do: 'stop' });
  });
});

describe('a prompt that is too long', () => {
  const sizes: Record<string, number> = { a: 200, b: 200, c: 1_000, d: 200 };
  const contextTokens = (model: string): number => sizes[model] ?? 0;

  it('goes to the next model that holds more', () => {
    const failed = { code: 'context_exceeded' } as const;
    expect(nextDecision(situation({ failed, contextTokens }))).toMatchObject({ model: 'c' });
  });

  it('is the end when none does', () => {
    const failed = { code: 'context_exceeded', model: 'c' } as const;
    expect(nextDecision(situation({ failed, contextTokens }))).toEqual({ do: 'stop' });
  });
});

/** What happens in a call: each decision meets other objections, and each attempt fails in its way. */
const fate = fc.record({
  code: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...PASSING, 'invalid_output' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...CODE_NAMES) },
  ),
  retryAfterMs: fc.option(fc.nat(20_000), { nil: null }),
  isFinal: fc.boolean(),
  backoffMs: fc.nat(9_000),
  tookMs: fc.nat(20_000),
  closed: fc.subarray(CHAIN, { maxLength: 3 }),
});
const course = fc.record({
  fates: fc.array(fate, { minLength: 30, maxLength: 30 }),
  mostAttempts: fc.integer({ min: 1, max: 8 }),
  timeMs: fc.nat(120_000),
  models: fc.shuffledSubarray(CHAIN, { minLength: 1 }),
});

type Course = typeof course extends fc.Arbitrary<infer Drawn> ? Drawn : never;

interface Decided {
  step: Extract<RetryDecision, { do: 'ask' }>;
  closed: readonly string[];
  timeLeftMs: number;
}

/** Follow the decisions of a call to its end; every attempt fails. */
function follow({ fates, mostAttempts, timeMs, models }: Course): Decided[] {
  const decided: Decided[] = [];
  const made = new Map<string, number>();
  let all = 0;
  let invalid = 0;
  let timeLeftMs = timeMs;
  const closedOf = (at: number): readonly string[] => fates[at]?.closed ?? [];
  const options = (at: number) => ({
    models,
    contextTokens: (model: string) => 100 * model.charCodeAt(0),
    objection: (model: string) => (closedOf(at).includes(model) ? 'closed' : null),
  });
  let step = firstDecision(options(0));
  for (const [at, { closed, tookMs, ...failure }] of fates.entries()) {
    if (!isAsk(step)) return decided;
    decided.push({ step, closed, timeLeftMs });
    timeLeftMs -= step.afterMs + tookMs;
    // A full queue makes no attempt.
    if (failure.code !== 'overloaded') {
      all += 1;
      made.set(step.model, (made.get(step.model) ?? 0) + 1);
    }
    if (failure.code === 'invalid_output') invalid += 1;
    step = nextDecision({
      ...options(at + 1),
      failed: { model: step.model, ...failure },
      made: { all, same: made.get(step.model) ?? 0 },
      mended: invalid > 1,
      mostAttempts,
      timeLeftMs,
      backoffMs: failure.backoffMs,
    });
  }
  throw new Error('it never ends');
}

describe('the course of a call, whatever happens,', () => {
  const always = (check: (decided: Decided[], of: Course) => void): void => {
    fc.assert(
      fc.property(course, (of) => {
        check(follow(of), of);
      }),
      { numRuns: runs(500) },
    );
  };
  const modelsOf = (decided: Decided[]): string[] => decided.map(({ step }) => step.model);

  it('ends, and makes no more attempts than it may', () => {
    always((decided, { fates, mostAttempts }) => {
      const attempts = decided.filter((_, at) => fates[at]?.code !== 'overloaded');
      expect(attempts.length).toBeLessThanOrEqual(mostAttempts);
    });
  });

  it('asks a model no more than twice, but for one time to mend', () => {
    always((decided) => {
      for (const model of CHAIN) {
        const asked = decided.filter(({ step }) => step.model === model);
        expect(asked.filter(({ step }) => !step.repair).length).toBeLessThanOrEqual(2);
      }
      expect(decided.filter(({ step }) => step.repair).length).toBeLessThanOrEqual(1);
    });
  });

  it('never returns to an earlier model of the chain', () => {
    always((decided, { models }) => {
      const places = modelsOf(decided).map((model) => models.indexOf(model));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    });
  });

  it('never asks a model against which there is an objection', () => {
    always((decided) => {
      for (const { step, closed } of decided) expect(closed).not.toContain(step.model);
    });
  });

  it('never waits past its time', () => {
    always((decided) => {
      for (const { step, timeLeftMs } of decided.slice(1)) {
        expect(step.afterMs).toBeLessThan(timeLeftMs);
      }
    });
  });

  it('never waits longer for a model than anybody would while another is there', () => {
    always((decided, { models }) => {
      for (const { step, closed } of decided) {
        const later = models.slice(models.indexOf(step.model) + 1);
        if (later.some((model) => !closed.includes(model))) {
          expect(step.afterMs).toBeLessThanOrEqual(1_500);
        }
      }
    });
  });
});
