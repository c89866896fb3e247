import type { Command } from 'commander';

/** `tollgate prompts …`. */
export function addPromptCommands(program: Command): void {
  const prompts = program
    .command('prompts')
    .description('prompts as code: versions, who is given which, and how they did');

  prompts
    .command('list')
    .description('list every version, its status and its share')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) => {
      await (await import('./prompts.ts')).listPrompts(options);
    });

  prompts
    .command('check')
    .description('check every file; prints tokens, prices and changes; 1 where something is wrong')
    .option('--diff', 'what each version changed, also where it was checked in before')
    .option('--json', 'as JSON')
    .action(async (options: { diff?: true; json?: true }) => {
      await (await import('./check.ts')).checkAll(options);
    });

  prompts
    .command('lock')
    .description('write live versions into lock.yaml: from then on they cannot be edited')
    .action(async () => {
      await (await import('./prompts.ts')).lockPrompts();
    });

  prompts
    .command('log')
    .description('show who changed a prompt, when and why, and what each version served')
    .argument('<id>', 'the prompt, for example faq')
    .option('--json', 'as JSON')
    .action(async (id: string, options: { json?: true }) => {
      await (await import('./log.ts')).logPrompt(id, options);
    });

  prompts
    .command('rollback')
    .description('give all callers an earlier version; running servers follow within two seconds')
    .argument('<id>', 'the prompt')
    .option('--to <version>', 'which one (else the live one before that of most callers)')
    .action(async (id: string, options: { to?: string }) => {
      await (await import('./prompts.ts')).rollbackPrompt(id, options);
    });

  prompts
    .command('compare')
    .description('compare what callers said of the answers of each version')
    .argument('<id>', 'the prompt')
    .option('--json', 'as JSON')
    .action(async (id: string, options: { json?: true }) => {
      await (await import('./compare.ts')).comparePrompt(id, options);
    });
}
