import { createHash } from 'node:crypto';
import type { ThinkingBlock } from './generation.ts';
import type { EffortLevel } from './models.ts';
import { seededRandom } from './random.ts';
import { splitTokens } from './tokens.ts';
import type { PromptRequest } from './validate-request.ts';

/** About how long is thought, before the request itself makes it more or less. */
const TOKENS: Readonly<Record<EffortLevel, number>> = {
  low: 40,
  medium: 100,
  high: 200,
  xhigh: 400,
  max: 1600,
};
/** A short note on progress, written where no thinking is. */
const NOTE_TOKENS = 24;
const SPREAD = { from: 0.75, to: 1.25 };
const QUOTED_CHARS = 160;

/** Thinking before the answer, or null when there is none. It depends on the request alone. */
export function composeThinking(request: PromptRequest): ThinkingBlock | null {
  const { thinking, model } = request;
  const size = sizeOf(request);
  if (size === 0) return null;
  const tokens = splitTokens(muse(request, size), model.family).slice(0, size);
  const shown = thinking.display === 'omitted' ? tokens.map(() => '') : summarize(tokens);
  return { type: 'thinking', tokens: shown, signature: sign(`${model.id} ${tokens.join('')}`) };
}

function sizeOf({ thinking, results, asked }: PromptRequest): number {
  const { type, effort, budgetTokens } = thinking;
  if (type === 'disabled') return 0;
  if (type === 'between_tools') return results.length > 0 ? NOTE_TOKENS : 0;
  const share = SPREAD.from + seededRandom(asked)() * (SPREAD.to - SPREAD.from);
  return Math.min(Math.round(TOKENS[effort] * share), budgetTokens ?? Infinity);
}

/** Goes over the request again and again until there is enough of it. */
function muse({ asked, results }: PromptRequest, size: number): string {
  const quoted = Array.from(asked).slice(0, QUOTED_CHARS).join('').replace(/\s+/g, ' ').trim();
  const round = [
    `The request is: "${quoted}". `,
    ...results.map(({ name }) => `The tool ${name} has answered. `),
    'I read what came with it, look for what answers it, and keep to the form that was asked for. ',
  ].join('');
  // A word is at least one token, so this is always long enough.
  return round.repeat(Math.ceil(size / round.trim().split(' ').length));
}

/** A summary shows less than was thought, and what was thought is paid for. */
function summarize(tokens: readonly string[]): string[] {
  return tokens.map((_, at) => (at % 2 === 0 ? (tokens[at / 2] ?? '') : ''));
}

/** Nothing a client could read: it only has to be there and to be the same for the same thoughts. */
function sign(text: string): string {
  const half = createHash('sha512').update(text).digest();
  return Buffer.concat([half, createHash('sha512').update(half).digest()]).toString('base64');
}
