import { invalid } from './errors.ts';
import { MODELS, deprecationOf, lifecycleOf } from './models.ts';
import type { EffortLevel, Lifecycle, SimulatedModel, ThinkingType } from './models.ts';

/** A model as `GET /v1/models` describes it on that day. */
export function toModelInfo(model: SimulatedModel, today: Date): object {
  const { id, retires } = model;
  const lifecycle = lifecycleOf(model, today);
  const isLeaving = lifecycle !== 'active';
  return {
    id,
    type: 'model',
    display_name: model.displayName,
    created_at: `${model.released}T00:00:00Z`,
    line: id.split('-')[1] ?? null,
    lifecycle,
    deprecated_at: isLeaving ? toTime(deprecationOf(model)) : null,
    retires_at: isLeaving && retires !== null ? `${retires}T00:00:00Z` : null,
    max_input_tokens: model.maxInputTokens,
    max_tokens: model.maxOutputTokens,
    capabilities: toCapabilities(model),
  };
}

function toTime(day: Date | null): string | null {
  return day === null ? null : day.toISOString().replace('.000Z', 'Z');
}

const YES = { supported: true };
const NO = { supported: false };

/** Abilities of this simulator: neither a server tool nor context management is in it. */
function toCapabilities({ thinkingTypes, efforts }: SimulatedModel): object {
  const thinks = (type: ThinkingType): object => (thinkingTypes.includes(type) ? YES : NO);
  const takes = (effort: EffortLevel): object => (efforts.includes(effort) ? YES : NO);
  return {
    batch: NO,
    citations: NO,
    code_execution: NO,
    context_management: {
      ...NO,
      clear_thinking_20251015: null,
      clear_tool_uses_20250919: null,
      compact_20260112: null,
    },
    effort: {
      supported: efforts.length > 0,
      low: takes('low'),
      medium: takes('medium'),
      high: takes('high'),
      xhigh: takes('xhigh'),
      max: takes('max'),
    },
    image_input: YES,
    pdf_input: YES,
    server_tools: { ...NO, code_execution: NO, web_search: NO },
    structured_outputs: YES,
    thinking: {
      ...YES,
      types: {
        adaptive: thinks('adaptive'),
        between_tools: thinks('between_tools'),
        disabled: thinks('disabled'),
        enabled: thinks('enabled'),
      },
    },
  };
}

const LIFECYCLES: readonly Lifecycle[] = ['active', 'deprecated', 'retired'];
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

/** One page of the catalogue; retired models are only in it when asked for. */
export function listModels(query: URLSearchParams, today: Date): object {
  const wanted = readLifecycles(query);
  const all = [...MODELS.values()].filter((model) => wanted.includes(lifecycleOf(model, today)));
  const { from, to } = readPage(query, all);
  const page = all.slice(from, to);
  const isBackward = query.has('before_id');
  return {
    data: page.map((model) => toModelInfo(model, today)),
    has_more: isBackward ? from > 0 : to < all.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

/** `lifecycle=a`, `lifecycle[]=a&lifecycle[]=b` and `lifecycle=a,b` are all in use. */
function readLifecycles(query: URLSearchParams): readonly Lifecycle[] {
  const asked = [...query.getAll('lifecycle'), ...query.getAll('lifecycle[]')]
    .flatMap((value) => value.split(','))
    .filter(Boolean);
  if (asked.length === 0) return ['active', 'deprecated'];
  return asked.map((name) => {
    const known = LIFECYCLES.find((lifecycle) => lifecycle === name);
    if (!known) throw invalid(`lifecycle: Input should be one of ${LIFECYCLES.join(', ')}`);
    return known;
  });
}

function readPage(
  query: URLSearchParams,
  all: readonly SimulatedModel[],
): { from: number; to: number } {
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw invalid(`limit: Input should be an integer from 1 to ${String(MAX_LIMIT)}`);
  }
  const afterId = query.get('after_id');
  const beforeId = query.get('before_id');
  if (afterId !== null && beforeId !== null) {
    throw invalid('after_id and before_id can not both be given');
  }
  if (beforeId !== null) {
    const to = indexOf('before_id', beforeId, all);
    return { from: Math.max(0, to - limit), to };
  }
  const from = afterId === null ? 0 : indexOf('after_id', afterId, all) + 1;
  return { from, to: Math.min(all.length, from + limit) };
}

function indexOf(name: string, id: string, all: readonly SimulatedModel[]): number {
  const at = all.findIndex((model) => model.id === id);
  if (at < 0) throw invalid(`${name}: no such model: ${id}`);
  return at;
}
