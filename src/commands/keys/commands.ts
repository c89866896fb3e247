import type { Command } from 'commander';
import type { KeyOptions } from './keys.ts';

/** `tollgate keys …`. */
export function addKeyCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('who may call; without any key, whoever reaches this machine calls as "local"');

  keys
    .command('create')
    .description('make a key and print its secret, this once')
    .argument('<name>', 'name of the key: the principal in the ledger')
    .option('--team <team>', 'team its calls belong to')
    .option('--user <user>', 'user its calls belong to')
    .option('--feature <feature>', 'feature its calls belong to')
    .option('--tools <names>', 'tools it may call, comma-separated (else all)')
    .option('--models <names>', 'models it may ask, comma-separated (else all)')
    .option('--admin', 'it may manage keys and budgets, and see every call')
    .option('--pin-prompts', 'it may say which version of a prompt answers it')
    .option('--expires <when>', 'a day (2027-01-31) or a span from now (90d, 24h)')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: KeyOptions) => {
      await (await import('./keys.ts')).createKey(name, options);
    });

  keys
    .command('list')
    .description('list the keys, without their secrets')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) => {
      await (await import('./keys.ts')).listKeys(options);
    });

  keys
    .command('revoke')
    .description('stop a key, at once and for good')
    .argument('<name>', 'name of the key')
    .action(async (name: string) => {
      await (await import('./keys.ts')).revokeKey(name);
    });

  keys
    .command('rotate')
    .description('give a key a new secret')
    .argument('<name>', 'name of the key')
    .option('--grace <span>', 'how long the old secret goes on to work (24h; 0: not at all)', '0')
    .option('--json', 'print it as JSON')
    .action(async (name: string, options: { grace: string; json?: true }) => {
      await (await import('./keys.ts')).rotateKey(name, options);
    });
}
