/** `tsx test/bench/prompts.ts`: what filling in a built-in prompt costs, and choosing its version. */
import { hasPrompt } from '../../src/core/tool/define-tool.ts';
import { withDefaults } from '../../src/prompts/check.ts';
import { openPrompts, tools } from './shipped.ts';
import { ms, table } from './table.ts';
import type { Target } from './target.ts';

export interface PromptsMeasured {
  /** Milliseconds of one rendering with the dearest example, in the best round. */
  renderings: { name: string; chars: number; ms: number }[];
  /** Milliseconds of choosing between two versions for a user. */
  chooseMs: number;
  /** Milliseconds of reading and compiling all of them. */
  openMs: number;
}

const ROUNDS = 7;
const TIMES = 2_000;
const watch = { onProblems: () => undefined, onChange: () => undefined };

function bestOf(work: () => unknown): number {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedAt = performance.now();
    for (let time = 0; time < TIMES; time += 1) work();
    rounds.push((performance.now() - startedAt) / TIMES);
  }
  return Math.min(...rounds);
}

export async function measurePrompts(): Promise<PromptsMeasured> {
  const startedAt = performance.now();
  const prompts = await openPrompts('prompts', watch);
  const openMs = performance.now() - startedAt;
  prompts.close();
  const asking = tools.filter(hasPrompt);
  const renderings = asking.flatMap((tool) =>
    prompts.set(tool.prompt).versions.map((version) => {
      const costs = tool.examples.map((example) => {
        const input = withDefaults(tool, example.input);
        const { system, user } = version.render(input);
        return { ms: bestOf(() => version.render(input)), chars: system.length + user.length };
      });
      const [dearest = { ms: 0, chars: 0 }] = costs.sort((a, b) => b.ms - a.ms);
      return { name: `${version.meta.id}@${version.meta.version}`, ...dearest };
    }),
  );
  let user = 0;
  const chooseMs = bestOf(() => {
    user += 1;
    const subject = { principal: 'bench', team: null, user: String(user), feature: null };
    return prompts.choose('faq', subject);
  });
  return { renderings, chooseMs, openMs };
}

export const promptsTable = ({ renderings, chooseMs, openMs }: PromptsMeasured): string =>
  table([
    ['prompts', 'characters', 'ms'],
    ...renderings.map(({ name, chars, ms: cost }) => [
      `filling in ${name}`,
      String(chars),
      ms(cost),
    ]),
    ['choosing between two versions', '', ms(chooseMs)],
    ['reading and compiling all, once', '', ms(openMs)],
  ]);

export const promptsTargets = ({ renderings }: PromptsMeasured): Target[] => [
  {
    name: 'filling in the dearest built-in prompt',
    wanted: 50,
    measured: 1_000 * Math.max(...renderings.map((each) => each.ms)),
    unit: ' µs',
    atLeast: false,
  },
];
