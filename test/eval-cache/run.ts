/**
 * `npm run eval:cache -- --pairs <folder or csv>`: labelled questions as a stream over all tiers, first
 * without a judge and then with one that knows the labels. Options as for `tollgate cache eval`.
 */
import { parseArgs } from 'node:util';
import { evaluate } from '../../src/commands/cache/eval.ts';
import { explainFailure, UsageError } from '../../src/commands/shared/fail.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function run(): Promise<void> {
  const { pairs, judge, json, list, hits, ...options } = parseArgs({
    options: {
      pairs: { type: 'string' },
      judge: { type: 'string' },
      seed: { type: 'string', default: '1' },
      embedder: { type: 'string' },
      list: { type: 'string' },
      hits: { type: 'string' },
      json: { type: 'boolean' },
    },
  }).values;
  if (pairs === undefined) throw new UsageError('say which questions: --pairs <folder or csv>');
  for (const each of judge === undefined ? ['off', 'oracle'] : [judge]) {
    if (!json) say(`\n## judge: ${each}\n`);
    // Two runs, two files: list.csv becomes list.off.csv and list.oracle.csv.
    const own = (file: string): string =>
      judge === undefined ? file.replace(/(\.\w+)?$/, `.${each}$1`) : file;
    await evaluate(pairs, {
      ...options,
      judge: each,
      ...(json === true && { json }),
      ...(list !== undefined && { list: own(list) }),
      ...(hits !== undefined && { hits: own(hits) }),
    });
  }
}

try {
  await run();
} catch (error) {
  process.exitCode = explainFailure(error);
}
