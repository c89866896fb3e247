import type { CallOptions } from '../../schemas/wire/options.ts';
import type { Policy } from '../core/tool/define-tool.ts';

/** Chains by name; each is a list of models, first choice first. */
export type Chains = Readonly<Record<'fast' | 'balanced' | 'deep', readonly string[]>>;

const BY_COMPLEXITY = { simple: 'fast', standard: 'balanced', hard: 'deep' } as const;
const BY_QUALITY = { fast: 'fast', balanced: 'balanced', best: 'deep' } as const;

/** Prompts above these sizes, in tokens, are a harder task than the tool says: details get lost in them. */
const LONG_FOR = { fast: 30_000, balanced: 150_000, deep: Infinity } as const;
const HARDER = { fast: 'balanced', balanced: 'deep', deep: 'deep' } as const;

export interface Route {
  chain: keyof Chains;
  /** Why, in whole sentences. */
  reason: string;
}

interface RoutedTask {
  complexity: Policy['complexity'];
  quality: CallOptions['quality'];
  /** Chain the prompt was written for; undefined: any. */
  ofPrompt?: keyof Chains | undefined;
  /** Measured size of the prompt; asked for only where it matters. */
  inputTokens: () => number;
}

/** Pick the chain: the caller's wish, else what the prompt was written for, else what the tool says of its task and the size of this input. */
export function route({ complexity, quality, ofPrompt, inputTokens }: RoutedTask): Route {
  if (quality !== undefined) {
    const chain = BY_QUALITY[quality];
    return { chain, reason: `The caller asked for quality "${quality}": chain ${chain}.` };
  }
  if (ofPrompt !== undefined)
    return { chain: ofPrompt, reason: `The prompt was written for chain ${ofPrompt}.` };
  const chain = BY_COMPLEXITY[complexity];
  const reason = `The tool calls its task ${complexity}`;
  const tokens = chain === 'deep' ? 0 : inputTokens();
  if (tokens <= LONG_FOR[chain]) return { chain, reason: `${reason}: chain ${chain}.` };
  const harder = HARDER[chain];
  const why = `but this prompt has about ${String(tokens)} tokens, more than ${String(LONG_FOR[chain])}`;
  return { chain: harder, reason: `${reason}, ${why}: chain ${harder} instead of ${chain}.` };
}
