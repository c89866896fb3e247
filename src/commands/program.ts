import { Command, CommanderError } from 'commander';
import { addBudgetCommands } from './budgets/commands.ts';
import { addCacheCommands } from './cache/commands.ts';
import type { EstimateOptions } from './estimate/estimate.ts';
import { addEvalCommands } from './eval/commands.ts';
import { addKeyCommands } from './keys/commands.ts';
import { addPromptCommands } from './prompts/commands.ts';
import { addUsageCommands } from './usage/commands.ts';
import { packageRoot, packageVersion } from '../config/package-root.ts';

/** Run `tollgate …` with the given words; its exit code is left in `process.exitCode`. */
export async function runProgram(words: string[]): Promise<void> {
  try {
    await buildProgram().parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = (await import('./shared/fail.ts')).explainFailure(error);
  }
}

/** The commands of tollgate; each loads its own code when it runs. */
function buildProgram(): Command {
  const program = describeProgram();
  addServers(program);
  addCalls(program);
  addKeyCommands(program);
  addBudgetCommands(program);
  addPromptCommands(program);
  addEvalCommands(program);
  addCacheCommands(program);
  addUsageCommands(program);
  addDocuments(program);
  return program;
}

const describeProgram = (): Command =>
  new Command('tollgate')
    .description(
      'The gate all LLM work of a product goes through: one core, REST and SSE for people, MCP for agents.',
    )
    .version(packageVersion(packageRoot()))
    .showHelpAfterError('Run tollgate --help to see every command.')
    .exitOverride()
    .addHelpText(
      'after',
      `
Settings come from ./tollgate.yaml and TOLLGATE_* variables: see tollgate config.
Without ANTHROPIC_API_KEY (and without ANTHROPIC_BASE_URL) a built-in simulator plays the model.

Examples:
  tollgate serve                                       REST, SSE and MCP on http://127.0.0.1:8484
  tollgate mcp                                         MCP on stdin and stdout, for an agent to start
  tollgate call answer_question --json '{"question":"How do I get my money back?"}' --stream
  tollgate simulator --port 4010                       the simulated Messages API alone
  tollgate keys create web --team shop                 from then on every call needs a key
  tollgate budgets set shop --scope team --of shop --usd 50 --per day

Exit codes: 0 fine, 1 the call or the server failed, 2 the command or a setting is wrong.`,
    );

/** Commands that run until stopped. */
function addServers(program: Command): void {
  program
    .command('serve')
    .description('serve REST, SSE and MCP over HTTP until it is told to stop')
    .option('--host <address>', 'address to listen on (else TOLLGATE_HOST, 127.0.0.1)')
    .option('--port <number>', 'port to listen on (else TOLLGATE_PORT, 8484; 0 picks a free one)')
    .action(async (options: { host?: string; port?: string }) => {
      await (await import('./server/serve.ts')).serve(options);
    });

  program
    .command('mcp')
    .description('serve MCP on standard input and output, both protocol eras')
    .action(async () => {
      await (await import('./server/mcp.ts')).mcp();
    });

  program
    .command('simulator')
    .description('serve the simulated Messages API alone, to test any Anthropic client against')
    .option('--port <number>', 'port to listen on (0 picks a free one)', '4010')
    .option('--speed <factor>', 'how much faster than a real model it writes', '1')
    .option('--script <file>', 'rules that make requests fail, as JSON: one rule or a list')
    .addHelpText(
      'after',
      `
Faults: a request with the header x-sim-fault: overloaded-529, or reset-mid-stream;at_delta=5, fails that way.
Rules do it without the header: --script, or POST /_sim/faults while it runs. GET /_sim/faults lists every fault
with its parameters, and the rules with their hits. A rule is one object:
  {"fault": "rate-limit-429", "params": {"retry_after": 2}, "model": "claude-haiku-5-5", "first": 3}
Its other conditions: contains, nth, probability and seed, from and until.`,
    )
    .action(async (options: { port: string; speed: string; script?: string }) => {
      await (await import('./server/simulator.ts')).simulator(options);
    });
}

/** Commands that call a tool, or preview a call. */
function addCalls(program: Command): void {
  program
    .command('tools')
    .description('list the tools')
    .option('--json', 'with schemas, examples and policies, as JSON')
    .action(async (options: { json?: boolean }) => {
      await (await import('./tools/list.ts')).listTools(options);
    });

  program
    .command('call')
    .description('call a tool once, here and now, through the whole pipeline')
    .argument('<tool>', 'name of the tool')
    .option('--input <file>', 'file with the input as JSON; - reads standard input')
    .option('--json <text>', 'the input itself, as JSON')
    .option('--stream', 'print the text as it comes')
    .action(async (tool: string, options: { input?: string; json?: string; stream?: boolean }) => {
      await (await import('./tools/call.ts')).call(tool, options);
    });

  program
    .command('estimate')
    .description('say what a call would cost, or with --report how good such estimates have been')
    .argument('[tool]', 'name of the tool')
    .option('--input <file>', 'file with the input as JSON; - reads standard input')
    .option('--json [text]', 'the input itself, as JSON; with --report: print the report as JSON')
    .option(
      '--report',
      "compare our counts with the provider's over the newest calls of the ledger",
    )
    .option('--calls <number>', 'how many calls the report reads', '1000')
    .action(async (tool: string | undefined, options: EstimateOptions) => {
      await (await import('./estimate/estimate.ts')).estimate(tool, options);
    });
}

/** Documents on tollgate itself. */
function addDocuments(program: Command): void {
  program
    .command('openapi')
    .description('print the OpenAPI document')
    .option('--out <file>', 'write it to a file')
    .option('--check <file>', 'exit with 1 when the file differs')
    .action(async (options: { out?: string; check?: string }) => {
      await (await import('./server/openapi.ts')).openapi(options);
    });

  program
    .command('config')
    .description('explain every setting: meaning, default, variable')
    .option('--explain', 'the same; kept for those who type it')
    .action(async () => {
      process.stdout.write((await import('../config/read.ts')).explainConfig());
    });
}
