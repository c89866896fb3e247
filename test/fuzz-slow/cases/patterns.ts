import { nonce, pick, type Case } from '../case.ts';
import { slowPatterns, type SlowInput } from '../patterns.ts';

const extraction = ({ schema, text }: SlowInput, mark: string) => ({
  tool: 'extract_data',
  input: { text: `a: ${text}\nmark: ${mark}`.slice(0, 200_000), schema },
});

/** Each of them: `npm run fuzz:slow -- --patterns`. */
export const everyPattern = (): Case[] =>
  slowPatterns().map((input) => ({
    name: input.name,
    make: (random) => extraction(input, nonce(random)),
  }));

const DRAWN = 10;

/** Some of them, others in each search; also where only the price is asked. */
export function patternCases(): Case[] {
  const all = slowPatterns();
  return Array.from({ length: DRAWN }, (_, at) => ({
    name: `a schema of a caller, ${String(at + 1)}${at % 2 === 0 ? '' : ', its price'}`,
    make: (random) => {
      const call = extraction(pick(random, all), nonce(random));
      return at % 2 === 0 ? call : { tool: 'estimate_cost', input: call };
    },
  }));
}
