import { isList, isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** Subject of rules. It is read from the raw body, so that a fault strikes invalid requests too. */
export interface FaultTarget {
  readonly model: string | null;
  readonly isStream: boolean;
  /** Whether the text occurs anywhere in the system prompt or the messages. */
  contains(text: string): boolean;
}

export function readAsked(body: unknown): FaultTarget {
  const fields: JsonObject = isObject(body) ? body : {};
  const { model, stream, system, messages } = fields;
  return {
    model: typeof model === 'string' ? model : null,
    isStream: stream === true,
    contains: (text) => occurs(text, [system, messages]),
  };
}

function occurs(text: string, value: unknown): boolean {
  if (typeof value === 'string') return value.includes(text);
  if (isList(value)) return value.some((member) => occurs(text, member));
  return isObject(value) && occurs(text, Object.values(value));
}
