import { readTtl } from './cache-control.ts';
import type { Ttl } from './cache-control.ts';
import { invalid } from './errors.ts';
import type { JsonObject } from './json.ts';
import type { SimulatedModel } from './models.ts';
import { countTokens } from './tokens.ts';
import type { ContentPart, ReadTurn } from './validate-content.ts';
import type { OfferedTool } from './validate-tools.ts';

/** One block of the prompt in the order in which it is rendered: tools, system, messages. */
export interface Segment {
  readonly layer: 'tools' | 'system' | 'messages';
  /** Content as the model sees it: segments with the same key are the same to the cache. */
  readonly key: string;
  readonly tokens: number;
  /** Of its text, in UTF-8. */
  readonly bytes: number;
  /** The life of the prefix that ends here, if the request marks one. */
  readonly ttl: Ttl | null;
  readonly isCacheable: boolean;
}

/** Tokens the wire adds around the text: the frame of the tools and of each turn. */
const TURN_TOKENS = 3;
const TOOLS_TOKENS = 290;
const ATTACHMENT_TOKENS = 1500;

interface RequestMaterial {
  readonly model: SimulatedModel;
  readonly tools: readonly OfferedTool[];
  readonly schema: JsonObject | null;
  readonly system: readonly ContentPart[];
  readonly turns: readonly ReadTurn[];
}

export function toSegments({ model, tools, schema, system, turns }: RequestMaterial): Segment[] {
  const { family } = model;
  const ofTools = tools.map(({ source }, index): Segment => {
    const key = withoutCacheControl(source);
    return {
      layer: 'tools',
      key,
      tokens: countTokens(key, family) + (index === 0 ? TOOLS_TOKENS : 0),
      bytes: Buffer.byteLength(key),
      ttl: readTtl(source['cache_control'], `tools.${String(index)}`),
      isCacheable: true,
    };
  });
  const ofSystem = system.map((part) => toSegment(part, { family, layer: 'system', role: '' }));
  const ofTurns = turns.flatMap(({ role, parts }) =>
    parts.map((part, index) => {
      const segment = toSegment(part, { family, layer: 'messages', role });
      if (index > 0) return segment;
      return { ...segment, key: `turn ${segment.key}`, tokens: segment.tokens + TURN_TOKENS };
    }),
  );
  // The format of the answer is told to the model ahead of the system prompt.
  return [...ofTools, ...toFormatSegments(schema, model), ...ofSystem, ...ofTurns];
}

function toFormatSegments(schema: JsonObject | null, { family }: SimulatedModel): Segment[] {
  if (!schema) return [];
  const key = JSON.stringify(schema);
  const tokens = countTokens(key, family);
  const bytes = Buffer.byteLength(key);
  return [{ layer: 'system', key, tokens, bytes, ttl: null, isCacheable: false }];
}

type SegmentPlace = Pick<Segment, 'layer'> &
  Pick<SimulatedModel, 'family'> & { readonly role: string };

function toSegment(part: ContentPart, { family, layer, role }: SegmentPlace): Segment {
  const { source, path } = part;
  const ttl = readTtl(source['cache_control'], path);
  const isCacheable = !String(source['type']).endsWith('thinking');
  if (ttl !== null && !isCacheable) {
    throw invalid(`${path}.cache_control: thinking blocks can not be cached by themselves`);
  }
  return {
    layer,
    key: `${role} ${withoutCacheControl(source)}`,
    tokens: countTokens(part.text, family) + part.attachments * ATTACHMENT_TOKENS,
    bytes: Buffer.byteLength(part.text),
    ttl,
    isCacheable,
  };
}

function withoutCacheControl(block: JsonObject): string {
  return JSON.stringify({ ...block, cache_control: undefined });
}
