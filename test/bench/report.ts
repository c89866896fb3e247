import type { CpuOfTool } from './cpu.ts';
import type { Latency } from './latency.ts';
import type { Measured } from './load.ts';
import { REST, type Step } from './profile.ts';
import type { StdioStart } from './stdio.ts';
import type { BudgetsMeasured } from './budgets.ts';
import { budgetTable, budgetTargets } from './budgets-report.ts';
import { cacheTable, cacheTargets } from './cache-report.ts';
import type { CacheMeasured } from './cache.ts';
import { promptsTable, promptsTargets, type PromptsMeasured } from './prompts.ts';
import { ms, table } from './table.ts';
import type { Target } from './target.ts';

export interface Results {
  machine: string;
  load: string;
  loads: Measured[];
  cpu: CpuOfTool[];
  stdio: StdioStart;
  latency: Latency;
  budgets: BudgetsMeasured;
  cache: CacheMeasured;
  prompts: PromptsMeasured;
}

/** The scenario of a question that is asked again. */
export const KEPT = 'tollgate: REST call, kept answer';

function loadTable(loads: readonly Measured[]): string {
  const bare = loads[0]?.perSecond ?? 1;
  return table([
    ['', 'requests/s', 'of bare', 'p50 ms', 'p99 ms', 'server CPU ms'],
    ...loads.map(({ name, perSecond, p50Ms, p99Ms, cpuMs }) => [
      name,
      perSecond.toFixed(0),
      (perSecond / bare).toFixed(3),
      String(p50Ms),
      String(p99Ms),
      cpuMs.toFixed(2),
    ]),
  ]);
}

const inWords = (steps: readonly Step[]): string =>
  steps.map((step) => `${step.name} ${ms(step.ms)}`).join(', ');

/** A step per row, a tool per column. */
function cpuTable(tools: readonly CpuOfTool[]): string {
  const names = new Set(tools.flatMap(({ steps }) => steps.map((step) => step.name)));
  names.delete(REST);
  const costOf = (step: string, { steps }: CpuOfTool): string => {
    const found = steps.find(({ name }) => name === step);
    return found ? ms(found.ms) : '';
  };
  return table([
    ['CPU of one call, ms', ...tools.map(({ name }) => name)],
    ['**all**', ...tools.map(({ perCallMs }) => ms(perCallMs))],
    ...[...names, REST].map((step) => [step, ...tools.map((tool) => costOf(step, tool))]),
  ]);
}

const atMost = (name: string, wanted: number, measured: number): Target => ({
  name,
  wanted,
  measured,
  unit: ' ms',
  atLeast: false,
});

/** What was promised, against what was measured. */
export function targetsOf({
  loads,
  cpu,
  stdio,
  latency,
  budgets,
  cache,
  prompts,
}: Results): Target[] {
  const rate = (name: string): number =>
    loads.find((each) => each.name === name)?.perSecond ?? Number.NaN;
  const ratio = (what: string, wanted: number): Target => ({
    name: `${what}, against McpServer with the same work`,
    wanted,
    measured: rate(`tollgate: ${what}`) / rate(`McpServer, same work: ${what}`),
    unit: 'x',
    atLeast: true,
  });
  return [
    ratio('MCP call, modern', 2),
    ratio('MCP call, legacy', 2),
    ratio('tools/list, modern', 5),
    ratio('tools/list, legacy', 5),
    ...cpu.slice(0, 2).map(({ name, perCallMs }) => atMost(`CPU of ${name}`, 0.4, perCallMs)),
    atMost('stdio: first tools/list, median', 700, stdio.medianMs),
    atMost('added latency of a stream, p50', 1, latency.addedP50),
    atMost('added latency of a stream, p99', 5, latency.addedP99),
    atMost('added latency of the first token, p50', 1, latency.addedFirst50),
    ...budgetTargets(budgets),
    {
      name: 'a kept answer over REST, against a bare route with the same payload',
      wanted: 0.7,
      measured: rate(KEPT) / (loads[0]?.perSecond ?? Number.NaN),
      unit: 'x',
      atLeast: true,
    },
    ...cacheTargets(cache),
    ...promptsTargets(prompts),
  ];
}

function latencyTable({ concurrent, pairs, direct, relayed, ...added }: Latency): string {
  const head = `${String(concurrent)} concurrent streams of answer_question, ${String(pairs)} pairs, ms`;
  const row = (name: string, { p50, p99, first50 }: Latency['direct']): string[] => [
    name,
    ms(p50),
    ms(p99),
    ms(first50),
  ];
  return table([
    [head, 'p50', 'p99', 'first token p50'],
    row('SDK straight to the simulator', direct),
    row('through tollgate', relayed),
    ['**added**', ms(added.addedP50), ms(added.addedP99), ms(added.addedFirst50)],
  ]);
}

function verdict({ name, wanted, measured, unit, atLeast }: Target): string {
  const say = (value: number): string =>
    `${value >= 100 ? value.toFixed(0) : value.toFixed(2)}${unit}`;
  const met = atLeast ? measured >= wanted : measured <= wanted;
  const by = `${Math.abs((measured / wanted - 1) * 100).toFixed(0)} %`;
  const bound = atLeast ? 'at least' : 'at most';
  return `${met ? 'met' : '**missed**'} by ${by}: ${name}: ${say(measured)} (target: ${bound} ${say(wanted)})`;
}

/** Everything that was measured, as markdown. */
export function toMarkdown(results: Results): string {
  const { stdio } = results;
  return `${results.machine}; ${results.load}

${loadTable(results.loads)}

${cpuTable(results.cpu)}

\`tollgate mcp\` to its first tools/list: ${ms(stdio.medianMs)} ms (worst of 5: ${ms(stdio.worstMs)} ms). The quickest: ${inWords(stdio.steps)}.

${latencyTable(results.latency)}

${budgetTable(results.budgets)}

${cacheTable(results.cache)}

${promptsTable(results.prompts)}

${targetsOf(results)
  .map((target) => `- ${verdict(target)}`)
  .join('\n')}
`;
}
