import type { Command } from 'commander';
import type { BudgetOptions } from './options.ts';

/** `tollgate budgets …`. */
export function addBudgetCommands(program: Command): void {
  const budgets = program
    .command('budgets')
    .description('what may be spent, by whom, in which time');

  addSet(budgets);

  budgets
    .command('list')
    .description('list the budgets and how they stand')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) => {
      await (await import('./budgets.ts')).listBudgets(options);
    });

  budgets
    .command('remove')
    .description('remove a budget that was set')
    .argument('<name>', 'name of the budget')
    .action(async (name: string) => {
      await (await import('./budgets.ts')).removeBudget(name);
    });

  budgets
    .command('reset')
    .description('count the present window anew; the ledger keeps what was spent')
    .argument('<name>', 'name of the budget')
    .option('--of <value>', 'for this one only')
    .action(async (name: string, options: { of?: string }) => {
      await (await import('./budgets.ts')).resetBudget(name, options);
    });

  budgets
    .command('events')
    .description('list thresholds that budgets passed, newest first')
    .option('--limit <number>', 'most events to list', '50')
    .option('--json', 'as JSON')
    .action(async (options: { limit: string; json?: true }) => {
      await (await import('./budgets.ts')).listEvents(options);
    });
}

function addSet(budgets: Command): void {
  budgets
    .command('set')
    .description('make a budget, or change it; what is used stays used')
    .argument('<name>', 'name of the budget')
    .requiredOption('--scope <scope>', 'all, principal, team, user, feature or tool')
    .option('--of <value>', 'which one, for example the name of a team (else each on its own)')
    .option('--usd <amount>', 'the limit in US dollars')
    .option('--tokens <amount>', 'the limit in tokens')
    .option('--requests <amount>', 'the limit in requests')
    .requiredOption('--per <window>', 'minute, hour, day, week or month')
    .option('--time-zone <zone>', 'whose calendar, for example Europe/Berlin (else UTC)')
    .option('--misfit <policy>', 'what does not fit: refuse, clamp, downgrade or queue')
    .option('--overrun <policy>', 'an answer that outgrows what was held: cut or finish')
    .option('--weights <list>', 'how much tokens count, for example output=5,cache_read=0.1')
    .option('--thresholds <list>', 'percentages at which an event is raised (50,80,100)')
    .action(async (name: string, options: BudgetOptions) => {
      await (await import('./budgets.ts')).setBudget(name, options);
    });
}
