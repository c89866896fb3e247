import { invalid } from '../errors.ts';
import { isList, isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { findModel } from '../models.ts';
import { FAULTS, findFault } from './catalogue.ts';
import type { Fault } from './fault.ts';

/** When a fault strikes: all conditions must hold. Without any it strikes every request. */
export interface FaultRule {
  readonly id?: string;
  readonly fault: string;
  readonly params?: Readonly<Record<string, number>>;
  readonly model?: string;
  /** Text that must occur in the system prompt or the messages. */
  readonly contains?: string;
  /** Only the nth request that gets as far as this rule and fits it, from 1. */
  readonly nth?: number;
  /** Only the first so many of them. */
  readonly first?: number;
  /** 0 to 1: one draw for each of them. */
  readonly probability?: number;
  readonly seed?: string | number;
  /** An ISO time, or milliseconds since the simulator started; by the simulator's clock. */
  readonly from?: string | number;
  /** The first moment at which it is over. */
  readonly until?: string | number;
}

/** The rules in one value or a list of them; a mistake is a 400 that says where and what is allowed. */
export function parseRules(value: unknown): FaultRule[] {
  if (!isList(value)) return [parseRule(value, 'rule')];
  return value.map((rule, index) => parseRule(rule, `rules.${String(index)}`));
}

type FieldCheck = (value: unknown) => string | null;

const CHECKS: Readonly<Record<keyof FaultRule, FieldCheck>> = {
  id: (value) => expected(typeof value === 'string' && /^[\w.-]+$/.test(value), 'a name'),
  fault: (value) =>
    expected(typeof value === 'string' && findFault(value), `one of ${listFaultNames()}`),
  params: (value) => expected(isObject(value), 'an object'),
  model: (value) => expected(typeof value === 'string' && isServed(value), 'a model of /v1/models'),
  contains: (value) => expected(typeof value === 'string' && value !== '', 'a text'),
  nth: (value) => expected(isCount(value), 'a whole number from 1'),
  first: (value) => expected(isCount(value), 'a whole number from 1'),
  probability: (value) =>
    expected(typeof value === 'number' && value >= 0 && value <= 1, 'a number from 0 to 1'),
  seed: (value) =>
    expected(typeof value === 'string' || typeof value === 'number', 'a text or a number'),
  from: (value) => expected(isMoment(value), MOMENT),
  until: (value) => expected(isMoment(value), MOMENT),
};

const MOMENT = 'an ISO time or milliseconds since the start';

function parseRule(value: unknown, path: string): FaultRule {
  if (!isObject(value)) throw invalid(`${path}: Input should be an object`);
  refuseUnknown(value, Object.keys(CHECKS), path);
  for (const [key, check] of Object.entries(CHECKS)) {
    const isMissing = value[key] === undefined && key !== 'fault';
    const problem = isMissing ? null : check(value[key]);
    if (problem) throw invalid(`${path}.${key}: Input should be ${problem}`);
  }
  const rule = value as unknown as FaultRule;
  const fault = findFault(rule.fault);
  if (fault) fillParams(fault, rule.params ?? {}, `${path}.params`);
  return rule;
}

/** The given parameters over the defaults of the fault. */
export function fillParams(
  fault: Fault,
  given: JsonObject,
  path: string,
): Readonly<Record<string, number>> {
  refuseUnknown(given, Object.keys(fault.params), path);
  const entries = Object.entries(fault.params).map(([name, { default: usual, min, max }]) => {
    const value = given[name] ?? usual;
    if (typeof value === 'number' && value >= min && value <= max) return [name, value] as const;
    const range = `a number from ${String(min)} to ${String(max)}`;
    throw invalid(`${path}.${name}: Input should be ${range}`);
  });
  return Object.fromEntries(entries);
}

export function listFaultNames(): string {
  return FAULTS.map(({ name }) => name).join(', ');
}

function refuseUnknown(value: JsonObject, known: readonly string[], path: string): void {
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger === undefined) return;
  const allowed = known.length > 0 ? known.join(', ') : 'none';
  throw invalid(`${path}.${stranger}: Unknown key; allowed: ${allowed}`);
}

function expected(isRight: unknown, what: string): string | null {
  return isRight ? null : what;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1;
}

function isMoment(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isServed(id: string): boolean {
  try {
    return Boolean(findModel(id));
  } catch {
    return false;
  }
}
