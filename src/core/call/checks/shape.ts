import type { FieldError } from '../../../../schemas/wire/problem.ts';
import type { JsonSchema } from '../../tool/json-schema.ts';
import { compilePattern } from './linear-pattern.ts';
import { PatternError } from './linear-syntax.ts';
import { isSchema, partsOf, step, type Part } from './parts.ts';
import { objectionToUnfolded, pointerOf, type Joint } from './unfolded.ts';

/** `answer`: a model is held to it, so it must describe an object. `any`: it only has to be a schema. */
export type Form = 'answer' | 'any';

/** Bounds on a schema that is not ours: it becomes code that runs on every answer. */
const MAX_PARTS = 1_000;
const MAX_DEPTH = 24;
const MAX_VALUES = 10_000;
const MAX_OPTIONS = 1_000;
const MAX_PATTERN_STEPS = 100_000;

/** A schema that is not ours cannot be used, and why. */
export class ShapeError extends Error {
  override name = 'ShapeError';
  readonly pointer: string;
  constructor(pointer: string, detail: string) {
    super(detail);
    this.pointer = pointer;
  }
}

/** Why a schema that is not ours cannot be used, as far as its shape tells; null where it can. */
export function objectionToShape(schema: unknown, form: Form): FieldError | null {
  try {
    checkShape(schema, form);
    return null;
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    return { pointer: error.pointer, code: 'invalid_schema', detail: error.message };
  }
}

function checkShape(schema: unknown, form: Form): void {
  if (!isSchema(schema)) throw new ShapeError('', 'It must be an object: {"type": …}');
  if (form === 'answer' && schema['type'] !== 'object')
    throw new ShapeError('', 'Its root must be {"type": "object", …}');
  checkValues(schema);
  const root: Part = { schema, pointer: '', edge: 'here', describes: form === 'answer' };
  const joints = new Map<string, Joint & { schema: JsonSchema }>();
  walk(root, { depth: 0, steps: { sum: 0 }, joints });
  for (const joint of joints.values()) follow(joint, schema, joints);
  const objection = objectionToUnfolded([...joints.values()]);
  if (objection) throw new ShapeError(objection.pointer, objection.detail);
}

/** Everything in it, schemas or not: lists of options have no parts, but are work all the same. */
function checkValues(schema: JsonSchema): void {
  let values = 0;
  const open: unknown[] = [schema];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    values += 1;
    if (values > MAX_VALUES)
      throw new ShapeError('', `It has more than ${String(MAX_VALUES)} values in all`);
    if (typeof value === 'object' && value !== null)
      for (const each of Object.values(value) as unknown[]) open.push(each);
  }
}

interface Walk {
  depth: number;
  /** Of all patterns so far. */
  steps: { sum: number };
  joints: Map<string, Joint & { schema: JsonSchema }>;
}

function walk(part: Part, { depth, steps, joints }: Walk): Joint | null {
  const { schema, pointer } = part;
  if (typeof schema === 'boolean' && !part.describes) return null;
  if (!isSchema(schema)) throw new ShapeError(pointer, 'Each part must be an object: {"type": …}');
  checkSize(pointer, joints.size, depth);
  checkKeywords(part, schema);
  steps.sum += stepsOf(part, schema);
  if (steps.sum > MAX_PATTERN_STEPS)
    throw new ShapeError(
      pointer,
      `Its patterns together unfold to more than ${String(MAX_PATTERN_STEPS)} steps: use fewer, or smaller counts in them`,
    );
  const joint = { pointer, schema, leadsTo: [] as Joint['leadsTo'] };
  joints.set(pointer, joint);
  for (const inner of partsOf(schema, pointer)) {
    const describes = part.describes && inner.describes;
    const found = walk({ ...inner, describes }, { depth: depth + 1, steps, joints });
    if (found && inner.edge !== 'definition')
      joint.leadsTo.push({ joint: found, isInside: inner.edge === 'inside' });
  }
  return joint;
}

function checkSize(pointer: string, parts: number, depth: number): void {
  if (parts >= MAX_PARTS)
    throw new ShapeError(pointer, `It has more than ${String(MAX_PARTS)} parts`);
  if (depth > MAX_DEPTH)
    throw new ShapeError(pointer, `It is nested deeper than ${String(MAX_DEPTH)} levels`);
}

/** One of these must say what a value is; a model cannot be held to a field of any kind. */
const SAYS_WHAT = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];

/** References by these cannot be followed before there is a value. */
const REFUSED = ['$async', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor'];

function checkKeywords({ pointer, describes }: Part, schema: JsonSchema): void {
  const refused = REFUSED.find((key) => Object.hasOwn(schema, key));
  if (refused !== undefined) throw new ShapeError(pointer, `The keyword ${refused} is not allowed`);
  if (pointer !== '' && Object.hasOwn(schema, '$id'))
    throw new ShapeError(pointer, 'The keyword $id is only allowed at its root');
  if (describes && !SAYS_WHAT.some((key) => Object.hasOwn(schema, key)))
    throw new ShapeError(pointer, `A part says no type: ${JSON.stringify(schema).slice(0, 80)}`);
}

/** Counts work on each value that is no part; the steps of its patterns. */
function stepsOf({ pointer }: Part, schema: JsonSchema): number {
  const { enum: options, pattern, patternProperties } = schema;
  if (Array.isArray(options) && options.length > MAX_OPTIONS)
    throw new ShapeError(
      `${pointer}/enum`,
      `It has more than ${String(MAX_OPTIONS)} options: use a plain string, and name the kinds of values in its description`,
    );
  const names = isSchema(patternProperties) ? Object.keys(patternProperties) : [];
  const steps = names.map((each) =>
    checkPattern(each, `${pointer}/patternProperties/${step(each)}`),
  );
  if (typeof pattern === 'string') steps.push(checkPattern(pattern, `${pointer}/pattern`));
  return steps.reduce((sum, each) => sum + each, 0);
}

function checkPattern(pattern: string, pointer: string): number {
  try {
    return compilePattern(pattern, 'u').steps;
  } catch (error) {
    if (error instanceof PatternError) throw new ShapeError(pointer, error.message);
    throw error;
  }
}

/** Joins a part with what it refers to. @throws ShapeError where that is no part of the schema */
function follow(
  joint: Joint & { schema: JsonSchema },
  root: JsonSchema,
  joints: Walk['joints'],
): void {
  const { $ref: ref } = joint.schema;
  if (typeof ref !== 'string') return;
  const pointer = pointerOf(ref, root);
  const target = pointer === null ? anchored(ref, joints) : joints.get(toSteps(pointer));
  if (!target)
    throw new ShapeError(
      `${joint.pointer}/$ref`,
      `It can't resolve the reference ${ref.slice(0, 80)}: only parts of this schema can be referred to, like #/$defs/Name`,
    );
  joint.leadsTo.push({ joint: target, isInside: false });
}

const anchored = (ref: string, joints: Walk['joints']): Joint | undefined =>
  [...joints.values()].find(({ schema }) => ref === `#${String(schema['$anchor'])}`);

/** Pointers are compared as they are written here. */
const toSteps = (pointer: string): string =>
  pointer
    .split('/')
    .map((each) => step(each.replaceAll('~1', '/').replaceAll('~0', '~')))
    .join('/');
