import { hash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../core/call/canonical-json.ts';
import { Grader } from './graders/declaration.ts';

const EvalCase = z.strictObject({
  /** Says what it is about; no two of a file share one. */
  name: z.string().trim().min(1).max(200),
  /** Of the tool. */
  input: z.record(z.string(), z.unknown()),
  graders: z.array(Grader).min(1),
  /** Tool, where several have the prompt; by default the first. */
  tool: z.string().min(1).optional(),
});

/** One question to a prompt, and how its answer is scored. */
export type EvalCase = z.infer<typeof EvalCase>;

/** A case with its line in the file, for messages. */
export interface NumberedCase extends EvalCase {
  /** From 1. */
  line: number;
}

/** A line that is no case. */
export class CaseError extends Error {
  override name = 'CaseError';
  /** @param line of the file, from 1 @param detail may quote the file, whose signs must not steer a terminal */
  constructor(line: number, detail: string) {
    super(`line ${String(line)}: ${detail.replace(/\p{Cc}+/gu, ' ')}`);
  }
}

/**
 * The cases of a file: one JSON object a line; empty lines do not count.
 * @throws CaseError naming the first line that is none, or whose name is taken
 */
export function readCases(text: string): NumberedCase[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const cases = lines.flatMap((each, at) => (each.trim() === '' ? [] : [readCase(each, at + 1)]));
  const seen = new Map<string, number>();
  for (const { name, line } of cases) {
    const before = seen.get(name);
    if (before !== undefined)
      throw new CaseError(line, `the name "${name}" is that of line ${String(before)}`);
    seen.set(name, line);
  }
  return cases;
}

function readCase(text: string, line: number): NumberedCase {
  const parsed = parseCase(parseJson(text, line), line);
  if (parsed.success) return { ...parsed.data, line };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new CaseError(line, `${where === '' ? '' : `${where}: `}${issue?.message ?? 'is no case'}`);
}

function parseCase(json: unknown, line: number): ReturnType<typeof EvalCase.safeParse> {
  try {
    return EvalCase.safeParse(json);
  } catch (error) {
    if (error instanceof RangeError) throw new CaseError(line, 'it is nested too deeply');
    throw error;
  }
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CaseError(line, `it is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/**
 * Hashes what scores depend on but the prompt: they compare where it is the same. The order of cases and
 * the way they are written do not count.
 * @param judgeHash of the judge's prompt; it counts where a case asks the judge
 * @returns SHA-256, hex
 */
export function hashCases(cases: readonly EvalCase[], judgeHash: string | null): string {
  const asksJudge = cases.some(({ graders }) => graders.some(({ type }) => type === 'judge'));
  const written = cases
    .map(({ name, input, graders, tool }) => canonicalJson({ name, input, graders, tool }))
    .sort();
  return hash('sha256', canonicalJson([written, asksJudge ? judgeHash : null]), 'hex');
}
