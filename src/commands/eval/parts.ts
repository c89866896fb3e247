import type { GradeInput, GradeOutput } from '../../../schemas/tools/grade-answer.ts';
import { gradeAnswer } from '../../app/bundled-tools.ts';
import type { Principal } from '../../core/call/principal.ts';
import { buildSchemaChecks } from '../../core/tool/schema-check.ts';
import { totalCostNanoUsd } from '../../core/call/usage.ts';
import { lexicalEmbedder } from '../../cache/embedders/lexical.ts';
import type { GraderParts } from '../../eval/graders/grade.ts';
import type { PriceParts } from '../../eval/price.ts';
import { evalLabels } from '../../eval/run-case.ts';
import type { EvalApp } from './prepare.ts';

interface EvalDeps {
  app: Pick<EvalApp, 'invoke'>;
  principal: Principal;
  /** The judge's prompt, `grade@v1`; null where no case asks it. */
  judgePrompt: string | null;
}

/** Parts of graders: schemas, similarity of texts, and a model that judges. */
export function buildGraderParts({ app, principal, judgePrompt }: EvalDeps): GraderParts {
  return {
    checks: buildSchemaChecks(),
    similarity: buildSimilarity(),
    async judge(asked: GradeInput, signal) {
      const ended = await app.invoke({
        toolName: gradeAnswer.name,
        input: asked,
        front: 'internal',
        signal,
        // A key that may evaluate may have it graded, whatever else it allows.
        principal: { ...principal, tools: null, models: null, mayPin: true },
        labels: evalLabels(principal),
        idempotencyKey: null,
        promptWish: judgePrompt,
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

/** Prices as the pipeline itself estimates them; nothing is spent, and no row is written. */
export function buildPriceParts({ app, principal, promptId, judgePrompt }: PriceDeps): PriceParts {
  const labels = evalLabels(principal);
  return {
    async ofCase({ tool: toolName, input }, version) {
      const promptWish = `${promptId}@${version}`;
      return (await app.planFor({ toolName, input, principal, labels, promptWish })).estimate();
    },
    async ofJudge({ input }, criterion) {
      const asked: GradeInput = { task: JSON.stringify(input), answer: PLACEHOLDER, criterion };
      const everywhere = { ...principal, models: null };
      const grading = { toolName: gradeAnswer.name, input: asked, principal: everywhere, labels };
      return (await app.planFor({ ...grading, promptWish: judgePrompt })).estimate();
    },
  };
}

interface PriceDeps extends Pick<EvalDeps, 'principal' | 'judgePrompt'> {
  app: Pick<EvalApp, 'planFor'>;
  promptId: string;
}
