import { z } from 'zod';
import { isPointer } from '../pointer.ts';

const common = {
  /** Part of the output that is graded: a JSON pointer; by default all of it. */
  at: z
    .string()
    .refine(isPointer, 'It must be a JSON pointer like /answer or /data/total, or empty')
    .default(''),
  /** Its weight among the graders of its case. Sums of larger ones would be no numbers. */
  weight: z.number().positive().max(1_000_000).default(1),
};

/** Text looked for in an answer: blanks alone are in nearly all. */
const text = z.string().regex(/\S/, 'It must not be blank');
const object = z.record(z.string(), z.unknown());

const Exact = z.strictObject({
  ...common,
  type: z.literal('exact'),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
});

const Contains = z.strictObject({
  ...common,
  type: z.literal('contains'),
  value: z.union([text, z.array(text).min(1)]),
  /** It must not be there. */
  not: z.boolean().default(false),
});

const Regex = z.strictObject({
  ...common,
  type: z.literal('regex'),
  /** Run by an engine whose time grows with the text alone; `checkCases` says what it cannot do. */
  pattern: z.string().min(1),
  flags: z
    .string()
    .regex(/^[imsu]*$/, 'Flags may be i, m, s and u')
    .default(''),
});

const JsonEqual = z.strictObject({ ...common, type: z.literal('json_equal'), value: z.json() });

const Schema = z.strictObject({
  ...common,
  type: z.literal('schema'),
  // Its check would answer later, which counts as content.
  schema: object.refine((schema) => !('$async' in schema), 'The keyword $async is not allowed'),
});

const Numeric = z.strictObject({
  ...common,
  type: z.literal('numeric'),
  value: z.number(),
  /** Largest error. */
  tolerance: z.number().min(0).default(0),
});

const Similarity = z.strictObject({
  ...common,
  type: z.literal('similarity'),
  value: text,
  /** Near enough; without it the score is the similarity itself. */
  min: z.number().gt(0).max(1).optional(),
});

const Words = z
  .strictObject({
    ...common,
    type: z.literal('words'),
    min: z.number().int().min(0).optional(),
    max: z.number().int().min(0).optional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'Give min, max or both')
  .refine(({ min = 0, max = Infinity }) => min <= max, 'min must not be above max');

const Judge = z.strictObject({ ...common, type: z.literal('judge'), criterion: text });

/** Scoring of one aspect of an answer. */
export const Grader = z.discriminatedUnion('type', [
  ...[Exact, Contains, Regex, JsonEqual, Schema],
  ...[Numeric, Similarity, Words, Judge],
] as const);

export type Grader = z.infer<typeof Grader>;
/** The graders of one type. */
export type GraderOf<Type extends Grader['type']> = Extract<Grader, { type: Type }>;
