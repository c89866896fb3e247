import type { FieldError } from '../../schemas/wire/problem.ts';
import { parseInput } from '../core/tool/parse-input.ts';
import type { SchemaChecks } from '../core/tool/schema-check.ts';
import { EVALUATION } from './evaluation.ts';
import { hasPrompt, type LlmTool, type Tool } from '../core/tool/define-tool.ts';
import { ProblemError } from '../errors/problem.ts';
import { CaseError, type EvalCase, type NumberedCase } from './cases.ts';
import type { Grader } from './graders/declaration.ts';

/** A case with the tool that answers it. */
export interface ReadyCase extends EvalCase {
  tool: string;
}

interface CaseCheckParts {
  tools: readonly Tool[];
  checks: SchemaChecks;
}

/**
 * Everything that can be wrong with cases without asking anybody: tool, input, schemas of graders.
 * @param promptId a tool of it answers
 * @throws CaseError naming the first line that is wrong
 */
export async function checkCases(
  parts: CaseCheckParts,
  promptId: string,
  cases: readonly NumberedCase[],
): Promise<ReadyCase[]> {
  const ready: ReadyCase[] = [];
  for (const { line, ...each } of cases) {
    try {
      const tool = toolFor(parts.tools, promptId, each.tool);
      await parseInput({ ...parts, asker: EVALUATION }, tool.name, each.input);
      await reviewGraders(parts, each.graders);
      ready.push({ ...each, tool: tool.name });
    } catch (error) {
      throw new CaseError(line, inWords(error));
    }
  }
  return ready;
}

async function reviewGraders(parts: CaseCheckParts, graders: readonly Grader[]): Promise<void> {
  for (const [at, grader] of graders.entries()) {
    const [first] = await mistakesIn(parts, grader);
    if (first)
      throw new Error(
        `graders.${String(at)}.${grader.type === 'regex' ? 'pattern' : 'schema'}${first.pointer}: ${first.detail}`,
      );
  }
}

function mistakesIn(
  { checks: { foreign } }: CaseCheckParts,
  grader: Grader,
): Promise<FieldError[]> {
  if (grader.type === 'schema') return foreign.review(grader.schema, EVALUATION, 'any');
  if (grader.type === 'regex') return foreign.reviewPattern(grader, EVALUATION);
  return Promise.resolve([]);
}

/** The tool named, or the first that has the prompt. @throws Error when there is none such */
function toolFor(tools: readonly Tool[], promptId: string, name: string | undefined): LlmTool {
  const candidates = tools.filter(hasPrompt).filter(({ prompt }) => prompt === promptId);
  const found = candidates.find((each) => name === undefined || each.name === name);
  if (found) return found;
  const names = candidates.map((each) => each.name).join(', ') || 'none';
  throw new Error(
    name === undefined
      ? `no tool has the prompt "${promptId}"`
      : `"${name}" is no tool of the prompt "${promptId}": ${names}`,
  );
}

/** An input may be wrong in several places. */
function inWords(error: unknown): string {
  // A walk through values calls itself for each level.
  if (error instanceof RangeError) return 'it is nested too deeply';
  if (!(error instanceof ProblemError))
    return error instanceof Error ? error.message : String(error);
  const { errors = [] } = error.details;
  const places = errors.map(({ pointer, detail }) => `input${pointer}: ${detail}`);
  return places.length === 0 ? error.message : places.join('; ');
}
