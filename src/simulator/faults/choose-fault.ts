import { invalid } from '../errors.ts';
import type { FaultTarget } from './fault-target.ts';
import type { Effects, FaultContext, ReadParam } from './fault.ts';
import { FAULT_HEADER, parseHeader } from './header.ts';
import type { Choice } from './header.ts';
import type { FaultRules } from './fault-rules.ts';

/** The fault of one request; its name is null when there is none. */
export interface ChosenFault {
  readonly name: string | null;
  readonly effects: Effects;
}

interface ChooseParts {
  /** The value of `x-sim-fault`. */
  readonly header: string | string[] | undefined;
  readonly asked: FaultTarget;
  readonly rules: FaultRules;
}

/** The header decides; without one, the rules do, and they do not count requests that have one. */
export function chooseFault(
  { header, asked, rules }: ChooseParts,
  context: FaultContext,
): ChosenFault {
  if (header === undefined) return build(rules.choose(asked), context);
  const choice = parseHeader(String(header));
  if (choice.fault.streamOnly && !asked.isStream) {
    const { name } = choice.fault;
    throw invalid(`${FAULT_HEADER}: '${name}' happens inside a stream; send "stream": true`);
  }
  return build(choice, context);
}

function build(choice: Choice | null, context: FaultContext): ChosenFault {
  if (!choice) return { name: null, effects: {} };
  const { fault, params } = choice;
  const param: ReadParam = (name) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${fault.name} has no parameter ${name}`);
    return value;
  };
  return { name: fault.name, effects: fault.effects(param, context) };
}
