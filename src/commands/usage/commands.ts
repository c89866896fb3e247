import type { Command } from 'commander';

/** `tollgate usage …`. */
export function addUsageCommands(program: Command): void {
  program
    .command('usage')
    .description('what the ledger adds up to')
    .command('verify')
    .description('add every row up again, and compare with the sums and the budgets')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nIt reads the whole ledger, a minute for a million rows, and keeps nobody waiting. Exits with 1 where\nsomething differs.',
    )
    .action(async (options: { json?: true }) => {
      await (await import('./usage.ts')).verifyUsage(options);
    });
}
