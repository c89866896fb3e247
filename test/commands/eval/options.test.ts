import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addEvalCommands } from '../../../src/commands/eval/commands.ts';
import {
  readEvalOptions,
  type EvalCommandOptions,
  type EvalWish,
} from '../../../src/commands/eval/options.ts';
import { buildProgress } from '../../../src/commands/eval/eval.ts';

/** What the command would do for these words. */
function wishOf(...words: string[]): EvalWish & { id: string } {
  const program = new Command('tollgate');
  addEvalCommands(program);
  const heard: (EvalWish & { id: string })[] = [];
  program.commands[0]?.action((id: string, options: EvalCommandOptions) => {
    heard.push({ id, ...readEvalOptions(options) });
  });
  program.parse(['node', 'tollgate', 'eval', ...words]);
  const [wish] = heard;
  if (!wish) throw new Error('the command was not called');
  return wish;
}

describe('the options of tollgate eval', () => {
  it('are all optional', () => {
    expect(wishOf('faq')).toEqual({
      id: 'faq',
      versions: null,
      casesFile: null,
      model: null,
      concurrency: 4,
      dryRun: false,
      minScore: null,
      noRegression: null,
      against: null,
      json: false,
    });
  });

  it('are read as they are meant', () => {
    const words = '--versions v2,v3,v2 --cases c.jsonl --model m --concurrency 9 --dry-run';
    const more = '--min-score 0.8 --no-regression v2 --against run_1 --json';
    expect(wishOf('faq', ...`${words} ${more}`.split(' '))).toEqual({
      id: 'faq',
      versions: ['v2', 'v3'],
      casesFile: 'c.jsonl',
      model: 'm',
      concurrency: 9,
      dryRun: true,
      minScore: 0.8,
      noRegression: 'v2',
      against: 'run_1',
      json: true,
    });
  });

  it.each([
    [['--versions', 'v2,3'], /--versions must be a list like v2,v3: "3" is no version/],
    [['--versions', ''], /--versions must be/],
    [['--concurrency', '0'], /--concurrency must be a whole number from 1 to 100/],
    [['--concurrency', 'all'], /--concurrency must be/],
    [['--min-score', '80'], /--min-score must be a number from 0 to 1, not "80"/],
    [['--min-score', ' '], /--min-score must be/],
  ])('%j are refused by name', (words, says) => {
    expect(() => wishOf('faq', ...words)).toThrow(says);
  });
});

describe('the progress of an evaluation', () => {
  const result = {
    ...({ verdict: 'graded', reason: null, isDegraded: false } as const),
    score: {
      name: 'a',
      call: null,
      score: 1,
      costNanoUsd: 1_500_000,
      latencyMs: 1,
      model: null,
      inputTokens: 1,
      outputTokens: 1,
      detail: '',
    },
  };
  const drawn = (isTTY: boolean): string => {
    let text = '';
    const progress = buildProgress({ isTTY, write: (more) => (text += more) }, 3);
    progress.add(result);
    progress.add(result);
    progress.end();
    return text;
  };

  it('is a line that is written over, and gone in the end', () => {
    const lines = drawn(true).split('\r\u001b[K');
    expect(lines).toEqual([
      '',
      `${'█'.repeat(10)}${'░'.repeat(20)} 1/3  0.001500 USD`,
      `${'█'.repeat(20)}${'░'.repeat(10)} 2/3  0.003000 USD`,
      '',
    ]);
  });

  it('is not drawn where nobody watches', () => {
    expect(drawn(false)).toBe('');
  });
});
