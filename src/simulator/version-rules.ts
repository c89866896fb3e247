import { invalid } from './errors.ts';
import { isList, isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import type { SimulatedModel } from './models.ts';

export const VERSIONS = ['2023-06-01', '2026-10-21'] as const;
export type ApiVersion = (typeof VERSIONS)[number];

/** Each with the one value that a model without sampling still takes under the old version. */
const SAMPLING: readonly (readonly [name: string, standard: number | undefined])[] = [
  ['temperature', 1],
  ['top_p', 1],
  ['top_k', undefined],
];

/** 2026-10-21 has no sampling parameters, not even at their standard values. */
export function refuseSampling(body: JsonObject, version: ApiVersion, model: SimulatedModel): void {
  for (const [name, standard] of SAMPLING) {
    const value = body[name];
    if (value === undefined) continue;
    if (version === '2026-10-21') throw invalid(`${name}: Extra inputs are not permitted`);
    if (!model.acceptsSampling && value !== standard) {
      throw invalid(`${name}: only the default value is supported by ${model.id}`);
    }
    if (name !== 'top_k' && !(typeof value === 'number' && value >= 0 && value <= 1)) {
      throw invalid(`${name}: Input should be a number from 0 to 1`);
    }
  }
}

/** Refuses what 2026-10-21 took out. */
export function refuseOldBlocks(messages: unknown, version: ApiVersion): void {
  if (version === '2023-06-01' || !isList(messages)) return;
  for (const [at, message] of messages.entries()) {
    if (!isObject(message) || !isList(message['content'])) continue;
    for (const [index, block] of message['content'].entries()) {
      const path = `messages.${String(at)}.content.${String(index)}`;
      if (isObject(block)) refuseOldBlock(block, message['role'], path);
    }
  }
}

function refuseOldBlock(block: JsonObject, role: unknown, path: string): void {
  const { type, citations } = block as { type?: unknown; citations?: unknown };
  if (role === 'assistant' && type === 'document') {
    throw invalid(`${path}: document blocks are not permitted in assistant messages`);
  }
  if (role === 'user' && type === 'text' && isList(citations) && citations.length > 0) {
    throw invalid(`${path}.citations: Extra inputs are not permitted in user messages`);
  }
}
