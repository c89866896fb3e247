import type { Profiler } from 'node:inspector';

/** A part of the work and what it costs per call. */
export interface Step {
  name: string;
  ms: number;
}

/** Which of our files is which step; the innermost frame of ours decides. First match wins. */
const STEPS: readonly [RegExp, string][] = [
  [/\/src\/prompts\//, 'prompt rendering'],
  [/\/src\/stores\//, 'ledger'],
  [/\/src\/call\/parse-input|\/src\/call\/field-errors|\/schemas\//, 'input validation'],
  [/\/schema-check|\/validate-output|\/reply-schema/, 'output validation'],
  [/\/src\/call\/ids/, 'call id'],
  [/\/src\/plan\.|\/model\/route/, 'plan'],
  [/\/model\/estimate/, 'token estimate'],
  [/\/model\//, 'model attempt, price'],
  [/\/trace-call/, 'log line'],
  [/\/enforce-deadline/, 'deadline and abort signal'],
  [/\/run-tool|\/tools\//, 'run-tool'],
  [/\/src\//, 'other layers, composing'],
  [/\/test\//, 'bench and faked model'],
];

/** Shares smaller than this are summed up as the rest. */
const SMALL = 0.02;
export const REST = 'rest';

/** Share of each step in the samples, times the cost of a call; dearest first. */
export function toSteps(profile: Profiler.Profile, perCallMs: number): Step[] {
  const stepOf = stepsById(profile);
  const samples = new Map<string, number>();
  for (const id of profile.samples ?? []) {
    const step = stepOf.get(id) ?? REST;
    if (step !== '(idle)') samples.set(step, (samples.get(step) ?? 0) + 1);
  }
  const all = [...samples.values()].reduce((sum, count) => sum + count, 0);
  const rest = [...samples]
    .filter(([, count]) => count / all < SMALL)
    .reduce((sum, [, count]) => sum + count, 0);
  const shown = [...samples].filter(([, count]) => count / all >= SMALL);
  return [...shown.sort(([, a], [, b]) => b - a), [REST, rest] as const].map(([name, count]) => ({
    name,
    ms: (count / all) * perCallMs,
  }));
}

/** Each node of the tree of frames belongs to the nearest frame of ours above it. */
function stepsById({ nodes }: Profiler.Profile): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const steps = new Map<number, string>();
  const visit = (node: Profiler.ProfileNode, inherited: string): void => {
    const { functionName, url } = node.callFrame;
    const named = functionName.startsWith('(') ? functionName : inherited;
    const step = url.includes('/node_modules/')
      ? inherited
      : (STEPS.find(([pattern]) => pattern.test(url))?.[1] ?? named);
    steps.set(node.id, step);
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child) visit(child, step);
    }
  };
  const [root] = nodes;
  if (root) visit(root, "Node's own timers, promises, streams");
  return steps;
}
