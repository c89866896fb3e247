import { canonicalJson } from '../../core/call/canonical-json.ts';
import type { ForeignChecks } from '../../core/tool/schema-check.ts';
import { EVALUATION } from '../evaluation.ts';
import type { GraderOf } from './declaration.ts';
import { markIf, RIGHT, show, wrong, type GraderMark } from './mark.ts';

export const gradeExact = (value: unknown, { value: wanted }: GraderOf<'exact'>): GraderMark =>
  markIf(value === wanted, `${show(value)} is not ${show(wanted)}`);

/** The order of an object's keys does not count, that of a list does. */
export function gradeJsonEqual(
  value: unknown,
  { value: wanted }: GraderOf<'json_equal'>,
): GraderMark {
  const place = firstDifference(value, wanted);
  if (place === null) return RIGHT;
  const where = place.pointer === '' ? '' : `${place.pointer}: `;
  return wrong(`${where}${differenceInWords(place)}`);
}

interface ValueDifference {
  pointer: string;
  value: unknown;
  wanted: unknown;
}

function differenceInWords({ value, wanted }: ValueDifference): string {
  if (value === undefined) return `lacks ${show(wanted)}`;
  if (wanted === undefined) return `${show(value)} should not be there`;
  return `${show(value)} is not ${show(wanted)}`;
}

/** First difference of two values, as deep inside as can be said; null: none. */
function firstDifference(value: unknown, wanted: unknown): ValueDifference | null {
  if (canonicalJson(value) === canonicalJson(wanted)) return null;
  if (isContainer(value) && isContainer(wanted) && Array.isArray(value) === Array.isArray(wanted)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(value)])) {
      const inside = firstDifference(own(value, key), own(wanted, key));
      const step = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (inside) return { ...inside, pointer: `${step}${inside.pointer}` };
    }
  }
  return { pointer: '', value, wanted };
}

type Container = Record<string, unknown>;

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null;

const own = (value: Container, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;

/** 0.1 + 0.2 is 0.3, but the next whole number is another one, however large it is. */
const ROUNDING = Number.EPSILON;

/** A string that is nothing but a number counts as that number. */
export function gradeNumeric(
  value: unknown,
  { value: wanted, tolerance }: GraderOf<'numeric'>,
): GraderMark {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number))
    return wrong(`${show(value)} is no number`);
  const allowed = tolerance + ROUNDING * Math.max(1, tolerance, Math.abs(wanted));
  const within = tolerance === 0 ? '' : ` to within ${String(tolerance)}`;
  return markIf(
    Math.abs(number - wanted) <= allowed,
    `${String(number)} is not ${String(wanted)}${within}`,
  );
}

export async function gradeSchema(
  value: unknown,
  { schema }: GraderOf<'schema'>,
  checks: ForeignChecks,
): Promise<GraderMark> {
  const [first, ...others] = await checks.check(schema, value, EVALUATION);
  if (!first) return RIGHT;
  const more = others.length === 0 ? '' : ` (and ${String(others.length)} more)`;
  return wrong(`${first.pointer === '' ? '' : `${first.pointer}: `}${first.detail}${more}`);
}
