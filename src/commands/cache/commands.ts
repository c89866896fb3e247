import type { Command } from 'commander';
import type { PurgeOptions } from './cache.ts';
import type { EvalOptions } from './eval.ts';

/** `tollgate cache …`. */
export function addCacheCommands(program: Command): void {
  const cache = program
    .command('cache')
    .description('answers that are kept: what they saved, and why each may be served');

  cache
    .command('stats')
    .description('show calls and money by tier, and what is kept')
    .option('--last <span>', 'over which time (24h, 30d)', '30d')
    .option('--json', 'as JSON')
    .action(async (options: { last: string; json?: true }) => {
      await (await import('./cache.ts')).showStats(options);
    });

  cache
    .command('inspect')
    .description('show one kept answer, its wordings and its use')
    .argument('<entry>', 'its id: that of the call that made it')
    .option('--json', 'as JSON')
    .action(async (entry: string, options: { json?: true }) => {
      await (await import('./cache.ts')).inspectEntry(entry, options);
    });

  cache
    .command('shadow')
    .description('show the evidence for serving by nearness, and suspected false hits')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) => {
      await (await import('./cache.ts')).showShadow(options);
    });

  cache
    .command('purge')
    .description('forget kept answers, at once and in every process; all conditions must hold')
    .option('--entry <id>', 'this one')
    .option('--tool <tool>', 'answers of this tool')
    .option('--prompt <prompt>', 'answers of this prompt, or of one version of it (faq@v1)')
    .option('--tag <tag>', 'those with this tag')
    .option('--tenant <tenant>', 'answers for this tenant')
    .option('--all', 'everything')
    .option('--json', 'as JSON')
    .action(async (options: PurgeOptions) => {
      await (await import('./cache.ts')).purgeEntries(options);
    });

  addEvalCommand(cache);
}

function addEvalCommand(cache: Command): void {
  cache
    .command('eval')
    .description('replay labelled questions as a stream: how many are served, and how many wrongly')
    .argument('<pairs>', 'CSV file with columns text and category, or a folder of such files')
    .option('--judge <who>', 'oracle: a judge that knows the labels; off', 'oracle')
    .option('--embedder <embedder>', 'lexical, http, onnx:<folder> or off (else as set)')
    .option('--seed <number>', 'the same seed is the same order', '1')
    .option('--list <file>', 'write the hits whose labels differ there, as CSV')
    .option('--hits <file>', 'write all hits there, as CSV')
    .option('--json', 'as JSON')
    .action(async (pairs: string, options: EvalOptions) => {
      await (await import('./eval.ts')).evaluate(pairs, options);
    });
}
