import { ApiError } from './errors.ts';

/** `v3`: Claude 3 to the 4.6 generation. `v47`: Opus 4.7 and everything after it. */
export type TokenizerFamily = 'v3' | 'v47';

export interface ModelFacts {
  readonly id: string;
  readonly displayName: string;
  readonly family: TokenizerFamily;
  readonly released: string;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  /** Whether the conversation may end with the beginning of the answer. */
  readonly acceptsPrefill: boolean;
  /** Whether `thinking.budget_tokens` is still understood. */
  readonly acceptsThinkingBudget: boolean;
  readonly retires: string | null;
}

type Era = Omit<ModelFacts, 'id' | 'displayName' | 'released' | 'retires'>;

const MILLION = 1_000_000;

const NOW: Era = {
  family: 'v47',
  maxInputTokens: MILLION,
  maxOutputTokens: 128_000,
  acceptsPrefill: false,
  acceptsThinkingBudget: false,
};
const SIX: Era = { ...NOW, family: 'v3', acceptsThinkingBudget: true };
const FIVE: Era = {
  ...SIX,
  maxInputTokens: 200_000,
  maxOutputTokens: 64_000,
  acceptsPrefill: true,
};

/** Newest first, as the API lists them. A model nobody publishes a price for is not served. */
const ROWS: readonly (readonly [id: string, released: string, era: Era, retires?: string])[] = [
  ['claude-fable-5-2', '2026-11-09', NOW],
  ['claude-mythos-5-2', '2026-11-09', NOW],
  ['claude-haiku-5-5', '2026-10-07', NOW],
  ['claude-sonnet-5-5', '2026-09-22', NOW],
  ['claude-opus-5-5', '2026-09-22', NOW],
  ['claude-fable-5-1', '2026-09-01', NOW],
  ['claude-mythos-5-1', '2026-09-01', NOW],
  ['claude-opus-5', '2026-07-14', NOW],
  ['claude-sonnet-5', '2026-06-30', NOW],
  ['claude-fable-5', '2026-06-16', NOW],
  ['claude-mythos-5', '2026-06-16', NOW],
  ['claude-opus-4-8', '2026-05-14', NOW],
  ['claude-opus-4-7', '2026-04-16', NOW],
  ['claude-opus-4-6', '2026-02-05', SIX],
  ['claude-sonnet-4-6', '2026-02-17', SIX],
  ['claude-opus-4-5', '2025-11-24', FIVE],
  ['claude-opus-4-5-20251101', '2025-11-24', FIVE],
  ['claude-haiku-4-5', '2025-10-15', FIVE],
  ['claude-haiku-4-5-20251001', '2025-10-15', FIVE],
  ['claude-sonnet-4-5', '2025-09-29', FIVE, '2026-11-30'],
  ['claude-sonnet-4-5-20250929', '2025-09-29', FIVE, '2026-11-30'],
];

const MODELS: ReadonlyMap<string, ModelFacts> = new Map(
  ROWS.map(([id, released, era, retires]) => [
    id,
    { ...era, id, released, displayName: toDisplayName(id), retires: retires ?? null },
  ]),
);

/** `claude-haiku-4-5-20251001` reads `Claude Haiku 4.5`. */
function toDisplayName(id: string): string {
  const [, name = '', ...version] = id.replace(/-\d{8}$/, '').split('-');
  return `Claude ${name.charAt(0).toUpperCase()}${name.slice(1)} ${version.join('.')}`;
}

export function findModel(id: string): ModelFacts {
  const model = MODELS.get(id);
  if (!model) throw new ApiError('not_found_error', `model: ${id}`);
  return model;
}

export function toModelInfo(model: ModelFacts): object {
  const { id, retires } = model;
  return {
    id,
    type: 'model',
    display_name: model.displayName,
    created_at: `${model.released}T00:00:00Z`,
    line: id.split('-')[1] ?? null,
    lifecycle: toLifecycle(model),
    deprecated_at: null,
    retires_at: retires === null ? null : `${retires}T00:00:00Z`,
    max_input_tokens: model.maxInputTokens,
    max_tokens: model.maxOutputTokens,
    capabilities: null,
  };
}

export function listModels(query: URLSearchParams): object {
  const lifecycle = query.get('lifecycle');
  const limit = Number(query.get('limit') ?? 1000);
  const all = [...MODELS.values()].filter((m) => !lifecycle || toLifecycle(m) === lifecycle);
  const after = all.findIndex((model) => model.id === query.get('after_id')) + 1;
  const page = all.slice(after, after + limit);
  return {
    data: page.map(toModelInfo),
    has_more: after + page.length < all.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function toLifecycle(model: ModelFacts): 'active' | 'deprecated' {
  return model.retires === null ? 'active' : 'deprecated';
}
