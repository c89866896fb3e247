import type { Command } from 'commander';
import type { EvalCommandOptions } from './options.ts';

/** `tollgate eval …`. */
export function addEvalCommands(program: Command): void {
  program
    .command('eval')
    .description('let versions of a prompt answer the same cases, grade the answers, compare')
    .argument('<id>', 'the prompt, for example faq')
    .option('--versions <list>', 'which ones, comma-separated (else all that are live)')
    .option('--cases <file>', 'cases, one JSON object a line (else eval.jsonl beside the prompt)')
    .option('--model <model>', 'ask this model only, the judge too (else as calls are routed)')
    .option('--concurrency <number>', 'most calls at a time', '4')
    .option('--dry-run', 'say what it would cost, and spend nothing')
    .option('--min-score <score>', 'exit with 1 when a version scores less, 0 to 1')
    .option(
      '--no-regression <version>',
      'exit with 1 when a version is worse than this one, p < 0.05',
    )
    .option('--against <run>', 'compare with this stored run too')
    .option('--runs', 'list the stored runs instead')
    .option('--json', 'everything, as JSON')
    .action(async (id: string, options: EvalCommandOptions) => {
      await (await import('./eval.ts')).evaluatePrompt(id, options);
    });
}
