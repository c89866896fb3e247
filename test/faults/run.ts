/**
 * `npm run faults`: every fault of the simulator's list over every front, and what became of it.
 * `--random SEED`: a mixed load of faults and cancels, our ledger against the simulator's truth.
 * `--foreign SEED`: providers of both dialects whose every answer is spoilt, against one real server
 * process (`--calls N` makes it shorter).
 * `--write` writes the table into docs/reference/faults.md as well.
 */
import { parseArgs } from 'node:util';
import { writeBlock } from '../support/document.ts';
import { runForeign } from './foreign.ts';
import { runMatrix } from './matrix.ts';
import { runOutage } from './outage.ts';
import { runRandom } from './random.ts';
import { toMarkdown } from './report.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    random: { type: 'string' },
    foreign: { type: 'string' },
    calls: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

/** @returns how many went wrong */
async function runAll(): Promise<number> {
  const outcomes = await runMatrix(({ fault, scope, front, got, wrong }) => {
    if (wrong.length > 0) say(`WRONG ${fault} / ${scope} / ${front}: ${got} (${wrong.join('; ')})`);
  });
  const outages = await runOutage();
  const markdown = toMarkdown(outcomes, outages);
  say(markdown);
  if (values.write) writeBlock('docs/reference/faults.md', 'faults', markdown);
  return [...outcomes, ...outages].filter(({ wrong }) => wrong.length > 0).length;
}

/** @returns how many went wrong */
async function runSeeded(run: Promise<{ lines: string[]; wrong: string[] }>): Promise<number> {
  const { lines, wrong } = await run;
  say(lines.join('\n'));
  for (const each of wrong) say(`WRONG ${each}`);
  return wrong.length;
}

function runAsked(): Promise<number> {
  if (values.foreign !== undefined) {
    const calls = values.calls === undefined ? undefined : Number(values.calls);
    return runSeeded(runForeign(values.foreign, calls));
  }
  return values.random === undefined ? runAll() : runSeeded(runRandom(values.random));
}

const failed = await runAsked();
process.exitCode = failed === 0 ? 0 : 1;
say(failed === 0 ? 'all as it should be' : `${String(failed)} went wrong`);
