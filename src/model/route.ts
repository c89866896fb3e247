import type { CallOptions } from '../../schemas/options.ts';
import type { Policy } from '../call/tool.ts';

/** Chains by name; each is a list of models, first choice first. */
export type Chains = Readonly<Record<'fast' | 'balanced' | 'deep', readonly string[]>>;

const BY_COMPLEXITY = { simple: 'fast', standard: 'balanced', hard: 'deep' } as const;
const BY_QUALITY = { fast: 'fast', balanced: 'balanced', best: 'deep' } as const;

/** Pick the chain: the caller's wish, else what the tool says of its task. */
export function route(
  policy: Pick<Policy, 'complexity'>,
  quality: CallOptions['quality'],
): { chain: keyof Chains; reason: string } {
  if (quality !== undefined) {
    const chain = BY_QUALITY[quality];
    return { chain, reason: `The caller asked for quality "${quality}": chain ${chain}.` };
  }
  const chain = BY_COMPLEXITY[policy.complexity];
  return { chain, reason: `The tool calls its task ${policy.complexity}: chain ${chain}.` };
}
