import type { Random } from '../../src/simulator/random.ts';

/** A call of a tool; which front it takes is drawn. */
export interface ToolCase {
  tool: string;
  input: unknown;
  headers?: Record<string, string>;
}

/** A request as it goes over the wire. */
export interface RawCase {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A message to `/mcp`. */
export interface RpcCase {
  rpc: string;
  params: Record<string, unknown>;
}

export type Request = ToolCase | RawCase | RpcCase;

/** One kind of input. What it makes differs in each draw, so that no answer was kept before. */
export interface Case {
  name: string;
  make: (random: Random) => Request;
  /** Only where no model answers. */
  needs?: 'down';
}

export const pick = <T>(random: Random, from: readonly T[]): T => {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** A word that was not there before. */
export const nonce = (random: Random): string => `n${Math.floor(random() * 2 ** 40).toString(36)}`;
