import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Step } from './profile.ts';

export interface StdioStart {
  medianMs: number;
  worstMs: number;
  /** The quickest start, taken apart. */
  steps: Step[];
}

const RUNS = 5;
const root = fileURLToPath(new URL('../..', import.meta.url));

const HELLO = {
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'bench', version: '1' },
  },
};

/** As an agent starts it: nobody's settings, a ledger of its own. */
const environment = (folder: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  TOLLGATE_DB: `sqlite:${folder}/stdio.db`,
  TOLLGATE_LOG_LEVEL: 'silent',
});

/** Time from the start of `tollgate mcp` to its first list of tools, greetings included. */
export async function measureStdio(folder: string): Promise<StdioStart> {
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await timeToFirstList(folder));
  runs.sort((a, b) => a - b);
  const medianMs = runs[RUNS >> 1] ?? 0;
  return { medianMs, worstMs: runs.at(-1) ?? 0, steps: takeApart(runs[0] ?? 0) };
}

async function timeToFirstList(folder: string): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [`${root}/dist/src/main.js`, 'mcp'], {
    cwd: folder,
    env: environment(folder),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const say = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  say(HELLO);
  let took = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const { id } = JSON.parse(line) as { id?: number };
    if (id === 1) {
      say({ method: 'notifications/initialized' });
      say({ id: 2, method: 'tools/list' });
    } else if (id === 2) {
      took = performance.now() - startedAt;
      child.stdin.end();
    }
  }
  if (took > 0) return took;
  throw new Error('tollgate mcp ended before it listed its tools');
}

/** What `tollgate mcp` loads, each on top of those before it. */
const LOADED: readonly [string, string][] = [
  ['commander', 'commander'],
  ['zod', 'zod'],
  ['our schemas and tools', `${root}/dist/tools/index.js`],
  ['pino', 'pino'],
  ['better-sqlite3', 'better-sqlite3'],
  ['MCP SDK', '@modelcontextprotocol/server/stdio'],
  ['the rest of ours', `${root}/dist/src/commands/server/mcp.js`],
];

const TIME_IMPORTS = `
  const upAt = performance.timeOrigin + performance.now();
  const steps = [];
  for (const [name, file] of ${JSON.stringify(LOADED)}) {
    const from = performance.now();
    await import(file);
    steps.push({ name, ms: performance.now() - from });
  }
  const node = { name: 'Node itself', ms: upAt - Number(process.argv[1]) };
  console.log(JSON.stringify([node, ...steps]));
`;

/** What remains after the imports of the quickest start is our own work. */
function takeApart(quickestMs: number): Step[] {
  const [steps = []] = Array.from({ length: RUNS }, timeImports).sort((a, b) => sum(a) - sum(b));
  const left = Math.max(0, quickestMs - sum(steps));
  return [...steps, { name: 'database, greetings, the list', ms: left }];
}

const sum = (steps: readonly Step[]): number => steps.reduce((all, { ms }) => all + ms, 0);

/** The same imports in a fresh process, one after another. */
function timeImports(): Step[] {
  const startedAt = String(performance.timeOrigin + performance.now());
  const said = execFileSync(
    process.execPath,
    ['--input-type=module', '--eval', TIME_IMPORTS, startedAt],
    { cwd: root, encoding: 'utf8' },
  );
  return JSON.parse(said) as Step[];
}
