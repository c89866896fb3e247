import type { Generation } from './generation.ts';
import type { Prompt } from './validate-request.ts';

/**
 * A prompt with this in it is declined. The string documented for the real API begins like this, so
 * that one works too.
 */
export const REFUSAL_TRIGGER = 'ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL';

export function isRefused({ system, turns }: Prompt): boolean {
  return [system, ...turns.map(({ text }) => text)].some((text) => text.includes(REFUSAL_TRIGGER));
}

/** Declined before any output, which is why nobody pays for it. */
export const REFUSAL: Generation = {
  blocks: [],
  stopReason: 'refusal',
  stopSequence: null,
  stopDetails: {
    type: 'refusal',
    category: 'general_harms',
    explanation: 'The request was declined because it contains the string that asks for it.',
  },
};
