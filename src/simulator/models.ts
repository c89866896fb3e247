import { ApiError } from './errors.ts';
import type { TokenizerFamily } from './tokens.ts';

export type ThinkingType = 'adaptive' | 'enabled' | 'disabled' | 'between_tools';
export type EffortLevel = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface SimulatedModel {
  readonly id: string;
  readonly displayName: string;
  readonly family: TokenizerFamily;
  readonly released: string;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  /** A shorter prefix is silently not cached. */
  readonly minCacheTokens: number;
  /** Whether the conversation may end with the beginning of the answer. */
  readonly acceptsPrefill: boolean;
  /** Whether a temperature still means anything, under the version that has it. */
  readonly acceptsSampling: boolean;
  /** Whether `role: 'system'` may stand in the middle of a conversation. */
  readonly acceptsSystemTurns: boolean;
  /** Whether `tool_choice` may force a call. */
  readonly acceptsForcedTool: boolean;
  readonly thinkingTypes: readonly ThinkingType[];
  /** Display of the thinking when the request does not say. */
  readonly thinkingDisplay: 'summarized' | 'omitted';
  readonly efforts: readonly EffortLevel[];
  readonly retires: string | null;
}

type Era = Omit<SimulatedModel, 'id' | 'displayName' | 'released' | 'retires'>;

const MILLION = 1_000_000;
const EFFORTS: readonly EffortLevel[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** Nobody published the shortest cached prefix of the 5.5 family and Fable 5.2: 1024 is assumed. */
const NOW: Era = {
  family: 'v47',
  maxInputTokens: MILLION,
  maxOutputTokens: 128_000,
  minCacheTokens: 1024,
  acceptsPrefill: false,
  acceptsSampling: false,
  acceptsSystemTurns: true,
  acceptsForcedTool: true,
  thinkingTypes: ['adaptive', 'disabled', 'between_tools'],
  thinkingDisplay: 'omitted',
  efforts: EFFORTS,
};
const OPUS: Era = { ...NOW, family: 'v47-opus' };
/** Thinks always; Mythos is taken to be like Fable. */
const FABLE: Era = { ...NOW, thinkingTypes: ['adaptive', 'between_tools'] };
const FABLE_SHORT: Era = { ...FABLE, minCacheTokens: 512 };
const SEVEN: Era = { ...OPUS, thinkingTypes: ['adaptive', 'disabled'] };
const SIX: Era = {
  ...SEVEN,
  family: 'v3',
  acceptsSampling: true,
  acceptsSystemTurns: false,
  thinkingTypes: ['adaptive', 'enabled', 'disabled'],
  thinkingDisplay: 'summarized',
  efforts: EFFORTS.filter((effort) => effort !== 'xhigh'),
};
const FIVE: Era = {
  ...SIX,
  maxInputTokens: 200_000,
  maxOutputTokens: 64_000,
  acceptsPrefill: true,
  thinkingTypes: ['enabled', 'disabled'],
  efforts: [],
};
const OPUS_5_5: Era = {
  ...OPUS,
  acceptsForcedTool: false,
  thinkingTypes: ['adaptive', 'between_tools'],
};
const OPUS_4_5: Era = { ...FIVE, minCacheTokens: 4096, efforts: ['low', 'medium', 'high'] };
const HAIKU_4_5: Era = { ...FIVE, minCacheTokens: 4096 };
const OPUS_4: Era = { ...FIVE, maxOutputTokens: 32_000 };

/** Newest first, as the API lists them. A model nobody publishes a price for is not served. */
const ROWS: readonly (readonly [id: string, released: string, era: Era, retires?: string])[] = [
  ['claude-fable-5-2', '2026-11-09', FABLE],
  ['claude-mythos-5-2', '2026-11-09', FABLE],
  ['claude-haiku-5-5', '2026-10-07', { ...NOW, family: 'v47-haiku' }],
  ['claude-sonnet-5-5', '2026-09-22', { ...NOW, acceptsForcedTool: false }],
  ['claude-opus-5-5', '2026-09-22', OPUS_5_5],
  ['claude-fable-5-1', '2026-09-01', FABLE_SHORT],
  ['claude-mythos-5-1', '2026-09-01', FABLE_SHORT],
  ['claude-opus-5', '2026-07-14', { ...OPUS, minCacheTokens: 512 }],
  ['claude-sonnet-5', '2026-06-30', NOW],
  ['claude-fable-5', '2026-06-16', FABLE_SHORT],
  ['claude-mythos-5', '2026-06-16', FABLE_SHORT],
  ['claude-opus-4-8', '2026-05-14', SEVEN],
  ['claude-opus-4-7', '2026-04-16', { ...SEVEN, minCacheTokens: 2048 }],
  ['claude-opus-4-6', '2026-02-05', { ...SIX, minCacheTokens: 4096 }],
  ['claude-sonnet-4-6', '2026-02-17', SIX],
  ['claude-opus-4-5', '2025-11-24', OPUS_4_5],
  ['claude-opus-4-5-20251101', '2025-11-24', OPUS_4_5],
  ['claude-haiku-4-5', '2025-10-15', HAIKU_4_5],
  ['claude-haiku-4-5-20251001', '2025-10-15', HAIKU_4_5],
  ['claude-sonnet-4-5', '2025-09-29', FIVE, '2026-11-30'],
  ['claude-sonnet-4-5-20250929', '2025-09-29', FIVE, '2026-11-30'],
  ['claude-opus-4-1', '2025-08-05', OPUS_4, '2026-08-05'],
  ['claude-opus-4-1-20250805', '2025-08-05', OPUS_4, '2026-08-05'],
  ['claude-opus-4-20250514', '2025-05-22', OPUS_4, '2026-06-15'],
  ['claude-sonnet-4-20250514', '2025-05-22', FIVE, '2026-06-15'],
];

export const MODELS: ReadonlyMap<string, SimulatedModel> = new Map(
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

/** In the catalogue, served or not. */
export function findModel(id: string): SimulatedModel {
  const model = MODELS.get(id);
  if (!model) throw new ApiError('not_found_error', `model: ${id}`);
  return model;
}

/** A retired model is as unknown as one that never was. */
export function findServedModel(id: string, today: Date): SimulatedModel {
  const model = findModel(id);
  if (lifecycleOf(model, today) === 'retired')
    throw new ApiError('not_found_error', `model: ${id}`);
  return model;
}

export type Lifecycle = 'active' | 'deprecated' | 'retired';

export function lifecycleOf(model: SimulatedModel, today: Date): Lifecycle {
  const deprecatedAt = deprecationOf(model);
  if (deprecatedAt === null || today < deprecatedAt) return 'active';
  return today < retirementOf(model) ? 'deprecated' : 'retired';
}

/** The least notice the API promises; the true days of the announcements are not known here. */
const NOTICE_DAYS = 60;
const DAY_MS = 86_400_000;

export function deprecationOf(model: SimulatedModel): Date | null {
  if (model.retires === null) return null;
  return new Date(retirementOf(model).getTime() - NOTICE_DAYS * DAY_MS);
}

function retirementOf({ retires }: SimulatedModel): Date {
  return retires === null ? new Date(8.64e15) : new Date(`${retires}T00:00:00Z`);
}
