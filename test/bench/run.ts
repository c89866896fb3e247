/**
 * `npm run bench`: what tollgate costs, against a bare route and against the documented way to serve
 * the same tools, in one run on one machine. `--write` writes the result into docs/benchmarks.md as well.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBlock } from '../support/document.ts';
import { measureBudgets } from './budgets.ts';
import { measureCache } from './cache.ts';
import { startChild, type Child } from './child.ts';
import type { CpuOfTool } from './cpu.ts';
import { LOAD, measureLoads, type Measured, type Scenario } from './load.ts';
import { measureLatency } from './latency.ts';
import { loadNow, machine } from './machine.ts';
import { KEPT, toMarkdown } from './report.ts';
import { mcpPosts, restPost, tryOnce } from './requests.ts';
import { measurePrompts } from './prompts.ts';
import { measureStdio } from './stdio.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Every server is a process of its own; they are idle while another is measured. */
async function measureFronts(folder: string): Promise<Measured[]> {
  const servers: Child<string>[] = [];
  const start = async (file: string, ...args: string[]): Promise<Child<string>> => {
    const server = await startChild<string>(file, ...args);
    servers.push(server);
    return server;
  };
  try {
    const tollgate = await start('serve-tollgate.ts', folder);
    const rest = restPost(`${tollgate.said}/v1/tools/answer_question`);
    const bare = await start('serve-bare.ts', await tryOnce(rest));
    const keeping = await start('serve-tollgate.ts', folder, 'on');
    const documented = await start('serve-documented.ts', folder);
    return await measureLoads([
      { name: 'bare Fastify route, same sizes', server: bare, post: restPost(bare.said) },
      { name: 'tollgate: REST call', server: tollgate, post: rest },
      {
        name: KEPT,
        server: keeping,
        post: restPost(`${keeping.said}/v1/tools/answer_question`),
      },
      ...(await mcpScenarios('tollgate', tollgate, '/mcp')),
      ...(await mcpScenarios('McpServer, same work', documented, '/same-work')),
      ...(await mcpScenarios('McpServer, no work', documented, '/no-work')),
    ]);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function mcpScenarios(who: string, server: Child<string>, path: string): Promise<Scenario[]> {
  const posts = await mcpPosts(`${server.said}${path}`);
  return [
    { name: `${who}: MCP call, modern`, server, post: posts.callModern },
    { name: `${who}: MCP call, legacy`, server, post: posts.callLegacy },
    // Listing the tools is the same work whatever a call of them does.
    ...(who.endsWith('no work')
      ? []
      : [
          { name: `${who}: tools/list, modern`, server, post: posts.listModern },
          { name: `${who}: tools/list, legacy`, server, post: posts.listLegacy },
        ]),
  ];
}

async function measureCpu(folder: string): Promise<CpuOfTool[]> {
  const child = await startChild<CpuOfTool[]>('cpu.ts', folder);
  await child.stop();
  return child.said;
}

const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
try {
  const before = loadNow();
  say('measuring, about five minutes …');
  const stdio = await measureStdio(folder);
  const cpu = await measureCpu(folder);
  const loads = await measureFronts(folder);
  const latency = await measureLatency(folder);
  const budgets = await measureBudgets();
  const cache = await measureCache();
  const prompts = await measurePrompts();
  const markdown = toMarkdown({
    machine: `${machine()}, load average ${before} before and ${loadNow()} after`,
    load: LOAD,
    loads,
    cpu,
    stdio,
    latency,
    budgets,
    cache,
    prompts,
  });
  say(`\n${markdown}`);
  if (process.argv.includes('--write')) writeBlock('docs/benchmarks.md', 'bench', markdown);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
