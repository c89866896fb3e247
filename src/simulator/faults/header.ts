import { invalid } from '../errors.ts';
import type { Fault } from './fault.ts';
import { findFault } from './catalogue.ts';
import { fillParams, listFaultNames } from './rule.ts';

export const FAULT_HEADER = 'x-sim-fault';

export interface Choice {
  readonly fault: Fault;
  readonly params: Readonly<Record<string, number>>;
}

/** `name` or `name;key=value;key=value`. */
export function parseHeader(text: string): Choice {
  const [name = '', ...pairs] = text.split(';').map((part) => part.trim());
  const fault = findFault(name);
  if (!fault) {
    throw invalid(`${FAULT_HEADER}: '${name}' is not a fault; allowed: ${listFaultNames()}`);
  }
  return { fault, params: fillParams(fault, readPairs(pairs), FAULT_HEADER) };
}

/** A value not a number becomes NaN, which no parameter accepts. */
function readPairs(pairs: readonly string[]): Record<string, number> {
  const entries = pairs
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [key = '', value = ''] = pair.split('=').map((part) => part.trim());
      return [key, value === '' ? NaN : Number(value)] as const;
    });
  return Object.fromEntries(entries);
}
