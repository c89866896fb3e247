import { toJsonSchema, type AnySchema, type JsonSchema } from './json-schema.ts';
import type { LedgerQueries } from '../services/ledger.ts';
import type { Budgets } from '../services/budgets.ts';
import type { FeedbackService } from '../services/feedback.ts';
import type { Labels } from '../call/labels.ts';
import type { Plan } from '../call/plan.ts';
import type { Principal } from '../call/principal.ts';
import type { PromptVersion } from '../call/prompt.ts';
import type { TimeLimits } from '../call/time-limits.ts';

/** Side effects, as clients are told of them (MCP tool annotations). */
export interface Annotations {
  readOnlyHint: boolean;
  destructiveHint: boolean;
  idempotentHint: boolean;
  /** True for every tool that asks a model. */
  openWorldHint: boolean;
}

/** Answers that are kept, who may see them, and what may recognise a question as one of theirs. */
export interface CachePolicy {
  /** Field of the input that other wordings may differ in; null: only the same input is the same. */
  compare: string | null;
  /** Everybody's, those of the tenant (the key's team, else the key), or those of one user of it. */
  visibility: 'shared' | 'team' | 'user';
  /** Time that the same input is answered … */
  ttlHours: number;
  /** … and how long other wordings are; by default an hour, at most `ttlHours`. */
  similarTtlHours?: number;
  /**
   * Whether the cheapest model is asked which cached question has the same answer, where nothing else
   * says: before the call goes on, after it has been answered, or never (the default).
   */
  judge?: 'off' | 'async' | 'inline';
  /** Names under which all answers of the tool can be purged, besides its own. */
  tags?: readonly string[];
}

/** Treatment of a call of the tool. Layers read this; none of them knows a tool by name. */
export interface Policy {
  /** Time budget of one call, milliseconds. */
  deadlineMs: number;
  /** Time limits of this tool's attempts that differ from the settings. */
  timeLimits?: Partial<TimeLimits>;
  /** Difficulty of the task: it picks the chain of models unless the caller wishes otherwise. */
  complexity: 'simple' | 'standard' | 'hard';
  /** Whether text that broke off is of use to a person (an answer is, half an object is not). */
  partialUsable: boolean;
  /** Answers that may be kept, and for whom. */
  cache: 'never' | CachePolicy;
  /** Action when a call does not fit its budget, and when it outgrows it mid-stream. */
  budget: { misfit: 'refuse' | 'clamp' | 'downgrade' | 'queue'; overrun: 'cut' | 'finish' };
}

export interface Example {
  title: string;
  input: Record<string, unknown>;
}

/**
 * Narrowing by the input of the model's answers: `{ label: { oneOf: 'labels', by: 'name' } }`
 * allows only the names given, `{ data: { schemaIn: 'schema' } }` takes the caller's own schema.
 * Keys are fields of the output, values name fields of the input.
 */
export type Narrow = Record<string, { oneOf: string; by: string } | { schemaIn: string }>;

/** Texts that a deterministic fallback may read: those of `prompts/_shared`, by file name. */
export interface Knowledge {
  text(name: string): string | null;
}

/**
 * Answer of the tool when no model can give one: from the input and the knowledge alone. Null
 * when it cannot do so honestly; then the call ends with the problem.
 */
export type Fallback = (
  input: Record<string, unknown>,
  knowledge: Knowledge,
) => Record<string, unknown> | null;

interface Declared {
  name: string;
  title: string;
  /** Written for a model that must choose between tools: when to use it, when not, what comes back. */
  description: string;
  examples: readonly [Example, ...Example[]];
  annotations: Annotations;
}

/** A tool that a model answers: a declaration, no code. */
export interface LlmDeclaration extends Declared {
  input: AnySchema;
  output: AnySchema;
  /** Folder under `prompts/`. */
  prompt: string;
  /** The one output field whose text streams, if the tool has one. */
  streams?: string;
  narrow?: Narrow;
  fallback?: Fallback;
  policy: Policy;
}

/** Means of a plain function. */
export interface ToolContext {
  /** The caller. */
  principal: Principal;
  labels: Labels;
  /** The ledger as the principal may see it. */
  ledger: LedgerQueries;
  budgets: Pick<Budgets, 'states'>;
  /** Says how good the answer of a call of the principal was. */
  feedback: FeedbackService;
  signal: AbortSignal;
  now: () => number;
  /**
   * Plan of a call of another tool by the same principal, and its price; spends nothing. Null for a
   * plain function. Throws the problem that the call itself would end with.
   */
  estimate: (tool: string, input: unknown) => Promise<{ plan: Plan; kept: Peek } | null>;
}

/** Whether a cached answer would be served, as far as can be told for free. */
export interface Peek {
  wouldAnswer: boolean;
  /** In whole sentences. */
  why: string;
}

/** A tool that is a plain function of ours. */
export interface FunctionDeclaration<In extends AnySchema, Out extends AnySchema> extends Declared {
  input: In;
  output: Out;
  policy: Pick<Policy, 'deadlineMs'>;
  run: (input: Parsed<In>, context: ToolContext) => Promise<Parsed<Out>>;
}

/** Parsed type of a zod 3 or zod 4 schema; both speak Standard Schema. */
type Parsed<S extends AnySchema> = S extends {
  '~standard': { types?: { output: infer T } | undefined };
}
  ? T
  : unknown;

interface Defined extends Declared {
  input: AnySchema;
  output: AnySchema;
  /** JSON Schemas, built once when the tool is defined. */
  json: { input: JsonSchema; output: JsonSchema };
  /** Whether a call with an idempotency key that was used gets the first outcome; else the tool runs again. */
  replays: boolean;
  streams?: string;
  narrow?: Narrow;
}

/** Its prompt is asked of models. */
export interface LlmTool extends Defined, LlmDeclaration {}
/** Its own function answers: free, and true now. */
export interface FunctionTool extends Defined {
  policy: Pick<Policy, 'deadlineMs'>;
  run: (input: never, context: ToolContext) => Promise<unknown>;
}
export type Tool = LlmTool | FunctionTool;

/** Whether a tool declares a prompt. */
export const hasPrompt = (tool: Tool | undefined): tool is LlmTool =>
  tool !== undefined && 'prompt' in tool;

/**
 * Plans a call of a tool whose input is already parsed; spends nothing. Without `models` all are allowed.
 * @throws ProblemError forbidden_model when no model of the chain is allowed
 */
export type Planner = (
  tool: LlmTool,
  input: Record<string, unknown>,
  by: { prompt: PromptVersion; models?: Principal['models'] },
) => Promise<Plan>;

/** MCP allows more, but clients hide or rename longer and stranger names. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Define a tool once; both fronts, the docs and the ledger follow from it.
 * @throws Error when the name or a schema is one that agents' clients refuse
 */
export function defineTool(declared: LlmDeclaration): LlmTool;
export function defineTool<In extends AnySchema, Out extends AnySchema>(
  declared: FunctionDeclaration<In, Out>,
): FunctionTool;
export function defineTool(
  declared: LlmDeclaration | FunctionDeclaration<AnySchema, AnySchema>,
): Tool {
  const { name, input, output } = declared;
  if (!NAME.test(name)) throw new Error(`tool name "${name}" does not match ${NAME.source}`);
  const json = {
    input: toJsonSchema(input, 'input', name),
    output: toJsonSchema(output, 'output', name),
  };
  for (const field of fieldsNamed(declared)) {
    const properties = json[field.of]['properties'] as Record<string, unknown> | undefined;
    if (!properties || !Object.hasOwn(properties, field.name)) {
      throw new Error(`${name}: the ${field.of} has no field "${field.name}"`);
    }
  }
  return 'run' in declared
    ? { json, replays: false, ...declared }
    : { json, replays: true, ...declared };
}

/** Fields that a declaration refers to by name: a typo there would silently change nothing. */
function fieldsNamed(
  declared: LlmDeclaration | FunctionDeclaration<AnySchema, AnySchema>,
): { of: 'input' | 'output'; name: string }[] {
  if ('run' in declared) return [];
  const { streams, narrow = {}, policy } = declared;
  const compared = policy.cache === 'never' ? null : policy.cache.compare;
  return [
    ...(streams === undefined ? [] : [{ of: 'output' as const, name: streams }]),
    ...(compared === null ? [] : [{ of: 'input' as const, name: compared }]),
    ...Object.entries(narrow).flatMap(([field, rule]) => [
      { of: 'output' as const, name: field },
      { of: 'input' as const, name: 'schemaIn' in rule ? rule.schemaIn : rule.oneOf },
    ]),
  ];
}
