import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptRecord } from '../../../src/core/call/call.ts';
import type { ContentClass } from '../../../src/model/estimate/content-class.ts';
import { estimatePrompt, estimateTokens } from '../../../src/model/estimate/count-tokens.ts';
import { buildEstimator, type Estimator } from '../../../src/model/estimate/estimator.ts';
import { countTokens, type TokenizerFamily } from '../../../src/simulator/tokens.ts';
import { counted, MODEL } from '../../support/counted.ts';
import { CHINESE, TEXTS } from './texts.ts';

const FACTOR = 1.3;
const build = (history: Iterable<AttemptRecord> = []): Estimator =>
  buildEstimator(
    {
      tokenFactor(model) {
        if (model === 'nobody') throw new Error('unknown model');
        return FACTOR;
      },
    },
    history,
  );
const times = (count: number, attempt: AttemptRecord): AttemptRecord[] =>
  Array.from({ length: count }, () => attempt);
const OUTCOMES = [
  ...['ok', 'failed', 'timeout', 'invalid', 'truncated', 'refused', 'cancelled', 'deadline'],
] as AttemptRecord['outcome'][];

describe('the estimate of a prompt', () => {
  it('is, before anything is learnt, the plain count', () => {
    const texts = ['You answer from the handbook of a shop.', 'How long may I keep it?', '{}'];
    const raw = estimatePrompt(texts, FACTOR);
    expect(build().prompt(texts, MODEL)).toMatchObject({ raw, expected: raw, content: 'prose' });
    expect(build().prompt(texts, MODEL).high).toBeGreaterThan(raw);
  });

  it('is the same when a long text comes again', () => {
    const estimator = build();
    const texts = [TEXTS.prose.join('\n'), CHINESE.join('\n').repeat(20)];
    expect(estimator.prompt(texts, MODEL)).toEqual(estimator.prompt([...texts], MODEL));
    expect(estimator.prompt(texts, MODEL)).toEqual(build().prompt(texts, MODEL));
  });

  it('applies what was learnt of its content, and leaves the raw count alone', () => {
    const estimator = build(
      times(50, counted({ usage: { input: 1_500 }, estimate: { content: 'cjk' } })),
    );
    const { raw, expected, content } = estimator.prompt(CHINESE, MODEL);
    expect({ raw, content }).toEqual({ raw: estimatePrompt(CHINESE, FACTOR), content: 'cjk' });
    expect(expected / raw).toBeCloseTo(1.5, 1);
  });

  it('of a model that is not known throws what the price list throws', () => {
    expect(() => build().prompt(['x'], 'nobody')).toThrow('unknown model');
  });
});

describe('the estimate of a reply', () => {
  it('is learnt under the content of its prompt', () => {
    const estimator = build([
      ...times(50, counted({ usage: { output: 400 }, estimate: { content: 'cjk' } })),
      ...times(50, counted({ usage: { output: 160 }, estimate: { content: 'prose' } })),
    ]);
    const text = 'You can return most items within 30 days of delivery. '.repeat(5);
    const raw = estimateTokens(text, FACTOR);
    expect(estimator.reply(text, MODEL)).toMatchObject({ raw });
    expect(estimator.reply(text, MODEL).expected / raw).toBeCloseTo(0.8, 1);
    expect(estimator.reply(text, MODEL, 'cjk').expected / raw).toBeCloseTo(2, 0);
  });

  it('of nothing is nothing', () => {
    expect(build().reply('', MODEL)).toEqual({ raw: 0, expected: 0 });
  });
});

describe('what is learnt from', () => {
  const learnt = (attempt: AttemptRecord): string[] =>
    build([attempt])
      .factors()
      .map(({ side }) => side);

  it('is both sides of a whole reply, and of any other the prompt alone', () => {
    for (const outcome of OUTCOMES) {
      const whole = ['ok', 'invalid', 'truncated'].includes(outcome);
      expect(learnt(counted({ outcome }))).toEqual(whole ? ['input', 'output'] : ['input']);
    }
  });

  it('is nothing that the provider did not count', () => {
    for (const source of ['estimated', 'none'] as const)
      expect(learnt(counted({ usage: { source } }))).toEqual([]);
  });

  it('is nothing without an estimate, as older rows have none', () => {
    expect(learnt(counted({ estimate: null }))).toEqual([]);
    const older: Partial<AttemptRecord> = counted();
    delete older.estimate;
    expect(learnt(older as AttemptRecord)).toEqual([]);
  });

  it('is no tiny reply, and none of which nothing was counted', () => {
    expect(learnt(counted({ estimate: { output: 19 } }))).toEqual(['input']);
    expect(learnt(counted({ estimate: { output: 20 } }))).toEqual(['input', 'output']);
    expect(learnt(counted({ usage: { input: 0 } }))).toEqual(['output']);
    expect(learnt(counted({ usage: { output: 50, thinking: 50 } }))).toEqual(['input']);
  });

  it('is the whole prompt, however it was billed, and the reply without the thinking', () => {
    const split = counted({
      usage: {
        input: 100,
        cache_read: 200,
        cache_write_5m: 300,
        cache_write_1h: 400,
        output: 1_200,
        thinking: 1_000,
      },
    });
    for (const { mean } of build(times(30, split)).factors()) expect(mean).toBe(1);
  });

  it('is the same live as from the ledger afterwards', () => {
    const attempt = fc
      .record({
        model: fc.constantFrom(MODEL, 'claude-opus-5-5'),
        outcome: fc.constantFrom(...OUTCOMES),
        usage: fc.record({ input: fc.nat(3_000), output: fc.nat(900), thinking: fc.nat(90) }),
        estimate: fc.record({
          input: fc.nat(3_000),
          output: fc.nat(900),
          content: fc.constantFrom<ContentClass>('prose', 'code', 'json', 'cjk'),
        }),
      })
      .map(counted);
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 40 }), (attempts) => {
        const live = build();
        for (const each of attempts) live.learn(each);
        const again = build(JSON.parse(JSON.stringify(attempts)) as AttemptRecord[]);
        expect(again.factors()).toEqual(live.factors());
        expect(again.prompt(CHINESE, MODEL)).toEqual(live.prompt(CHINESE, MODEL));
      }),
    );
  });
});

describe('against a tokenizer', () => {
  const SCHEMA = '{"type":"object","properties":{"answer":{"type":"string"}}}';
  /** Shuffled the same way each time: 7919 is prime. */
  const mixed = (texts: readonly string[]): string[] =>
    texts
      .map((text, i) => ({ text, place: (i * 7_919) % 101 }))
      .sort((a, b) => a.place - b.place)
      .map(({ text }) => text);

  /** Errors of prompts after the first 20 of their kind, each predicted from those before it. */
  function errorsOf(texts: readonly string[], family: TokenizerFamily): number[] {
    const estimator = build();
    return mixed(
      Array.from({ length: 10 }, () => texts)
        .flat()
        .slice(0, 120),
    ).map((text) => {
      const { raw, expected, content } = estimator.prompt([text, SCHEMA], MODEL);
      const actual = 10 + countTokens(text, family) + countTokens(SCHEMA, family);
      estimator.learn(counted({ usage: { input: actual }, estimate: { input: raw, content } }));
      return Math.abs(expected / actual - 1);
    });
  }

  it.each(
    (['prose', 'code', 'json', 'cjk'] as const).flatMap((content) =>
      (['v47', 'v47-haiku', 'v47-opus'] as const).map((family) => ({ content, family })),
    ),
  )('prompts of $content are within 10 % on average for $family', ({ content, family }) => {
    const errors = errorsOf(TEXTS[content], family).slice(20);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(errors.length).toBe(100);
    expect(mean).toBeLessThan(0.1);
  });
});
