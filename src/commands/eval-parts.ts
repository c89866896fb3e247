import { EstimateCostOutput } from '../../schemas/estimate-cost.ts';
import type { GradeInput, GradeOutput } from '../../schemas/grade.ts';
import { estimateCost } from '../../tools/estimate-cost.ts';
import { gradeAnswer } from '../../tools/grade-answer.ts';
import type { Principal } from '../call/principal.ts';
import { buildSchemaChecks } from '../call/schema-check.ts';
import { totalCostNanoUsd } from '../call/usage.ts';
import type { ProblemError } from '../errors/problem.ts';
import { lexicalEmbedder } from '../cache/embedders/lexical.ts';
import type { GraderParts } from '../eval/graders/grade.ts';
import type { Price, PriceParts } from '../eval/price.ts';
import { evalLabels } from '../eval/run-case.ts';
import type { EvalApp } from './eval-prepare.ts';

interface Needs {
  app: Pick<EvalApp, 'invoke'>;
  principal: Principal;
  /** The judge's prompt, `grade@v1`; null where no case asks it. */
  judgePrompt: string | null;
  signal: AbortSignal;
}

/** What graders need: schemas, nearness of texts, and a model that judges. */
export function buildGraderParts({
  app,
  principal,
  judgePrompt,
}: Omit<Needs, 'signal'>): GraderParts {
  return {
    checks: buildSchemaChecks(),
    similarity: buildSimilarity(),
    async judge(asked: GradeInput, signal) {
      const ended = await app.invoke({
        ...{ toolName: gradeAnswer.name, input: asked, front: 'internal', signal },
        // Whoever may evaluate may have it graded, whatever else its key allows.
        principal: { ...principal, tools: null, models: null, mayPin: true },
        ...{ labels: evalLabels(principal), idempotencyKey: null, promptWish: judgePrompt },
        emit: () => undefined,
      });
      const costNanoUsd = totalCostNanoUsd(ended.call.meta);
      if (!ended.ok) return { ok: false, problem: ended.problem, costNanoUsd };
      return { ok: true, ...(ended.output as GradeOutput), costNanoUsd };
    },
  };
}

/** Cosine of the words of two texts; without words they are alike only if they are the same. */
function buildSimilarity(): GraderParts['similarity'] {
  const embedder = lexicalEmbedder();
  return async (a, b) => {
    try {
      const { vectors } = await embedder.embed([a, b], new AbortController().signal);
      const [one = [], other = []] = vectors;
      return Array.from(one).reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
    } catch {
      return a.trim() === b.trim() ? 1 : 0;
    }
  };
}

/** About as long as a usual answer, for a judge that will read one. */
const PLACEHOLDER = 'An answer is about so many words. '.repeat(20);

/** Prices as the pipeline itself estimates them. */
export function buildPriceParts(needs: Needs & { promptId: string }): PriceParts {
  return {
    async ofCase({ tool, input }, version) {
      const wish = `${needs.promptId}@${version}`;
      const price = await estimate(needs, { tool, input }, wish);
      if (price.ok) return price.price;
      throw price.problem;
    },
    async ofJudge({ input }, criterion) {
      if (needs.judgePrompt === null) return null;
      const asked: GradeInput = { task: JSON.stringify(input), answer: PLACEHOLDER, criterion };
      const price = await estimate(
        needs,
        { tool: gradeAnswer.name, input: { ...asked } },
        needs.judgePrompt,
      );
      return price.ok ? price.price : null;
    },
  };
}

type Estimated = { ok: true; price: Price } | { ok: false; problem: ProblemError };

/** As any agent may ask: through the pipeline, with a row of its own in the ledger. */
async function estimate(
  { app, principal, signal }: Needs,
  input: { tool: string; input: Record<string, unknown> },
  promptWish: string,
): Promise<Estimated> {
  const ended = await app.invoke({
    ...{ toolName: estimateCost.name, input, principal, promptWish, front: 'cli', signal },
    ...{ labels: evalLabels(principal), idempotencyKey: null, emit: () => undefined },
  });
  if (!ended.ok) return ended;
  const { cost_usd: expected, max_cost_usd: worst } = EstimateCostOutput.parse(ended.output);
  return {
    ok: true,
    price: { expectedNanoUsd: toNanoUsd(expected), worstNanoUsd: toNanoUsd(worst) },
  };
}

const toNanoUsd = (usd: number): number => Math.round(usd * 1e9);
