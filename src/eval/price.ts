import type { ReadyCase } from './check-cases.ts';

/** Integer nano-dollars. */
export interface EvalPrice {
  /** If answers are as long as usual. */
  expectedNanoUsd: number;
  /** If every answer is as long as it may be. */
  worstNanoUsd: number;
}

export interface PriceParts {
  /** Price of a case. @throws ProblemError that its call would end with */
  ofCase: (evalCase: ReadyCase, version: string) => Promise<EvalPrice>;
  /** Price of a grading by the judge. */
  ofJudge: (evalCase: ReadyCase, criterion: string) => Promise<EvalPrice>;
}

/** Price of all cases with one version. */
export interface VersionPrice extends EvalPrice {
  version: string;
}

/** Prices each version; spends nothing. @throws ProblemError that a call would end with */
export async function priceVersions(
  parts: PriceParts,
  versions: readonly string[],
  cases: readonly ReadyCase[],
): Promise<VersionPrice[]> {
  const judgings = await priceJudgings(parts, cases);
  const priced: VersionPrice[] = [];
  for (const version of versions) {
    const prices: EvalPrice[] = [];
    for (const each of cases) prices.push(await parts.ofCase(each, version));
    priced.push({ version, ...addUp([...prices, ...judgings]) });
  }
  return priced;
}

/** The same for every version, as far as can be told before there are answers. */
async function priceJudgings(
  { ofJudge }: PriceParts,
  cases: readonly ReadyCase[],
): Promise<EvalPrice[]> {
  const prices: EvalPrice[] = [];
  for (const each of cases)
    for (const grader of each.graders)
      if (grader.type === 'judge') prices.push(await ofJudge(each, grader.criterion));
  return prices;
}

const addUp = (prices: readonly EvalPrice[]): EvalPrice => ({
  expectedNanoUsd: prices.reduce((sum, { expectedNanoUsd }) => sum + expectedNanoUsd, 0),
  worstNanoUsd: prices.reduce((sum, { worstNanoUsd }) => sum + worstNanoUsd, 0),
});
