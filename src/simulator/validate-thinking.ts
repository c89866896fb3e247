import { invalid } from './errors.ts';
import { isObject } from './json.ts';
import type { JsonObject } from './json.ts';
import type { EffortLevel, SimulatedModel, ThinkingType } from './models.ts';

export interface ThinkingConfig {
  readonly type: ThinkingType;
  readonly budgetTokens: number | null;
  readonly display: 'summarized' | 'omitted';
  readonly effort: EffortLevel;
}

const TYPES: readonly ThinkingType[] = ['adaptive', 'enabled', 'disabled', 'between_tools'];
const DISPLAYS = ['summarized', 'omitted'] as const;
const EFFORTS: readonly EffortLevel[] = ['low', 'medium', 'high', 'xhigh', 'max'];
const DEFAULT_EFFORT: EffortLevel = 'high';
const MIN_BUDGET_TOKENS = 1024;

/** Reads how the model is to think: not at all unless asked to. */
export function readThinking(body: JsonObject, model: SimulatedModel): ThinkingConfig {
  const effort = readEffort(body['output_config'], model);
  const display = model.thinkingDisplay;
  const { thinking } = body as { thinking?: unknown };
  if (thinking === undefined || thinking === null) {
    return { type: 'disabled', budgetTokens: null, display, effort };
  }
  if (!isObject(thinking)) throw invalid('thinking: Input should be an object');
  const type = readType(thinking, model);
  return {
    type,
    budgetTokens: readBudget(thinking, type),
    display: readDisplay(thinking['display']) ?? display,
    effort,
  };
}

function readType(thinking: JsonObject, model: SimulatedModel): ThinkingType {
  const type = TYPES.find((known) => known === thinking['type']);
  if (!type) throw invalid(`thinking.type: Input should be one of ${TYPES.join(', ')}`);
  if (thinking['budget_tokens'] !== undefined && !model.thinkingTypes.includes('enabled')) {
    throw invalid('thinking.budget_tokens: not supported by this model, use adaptive thinking');
  }
  if (!model.thinkingTypes.includes(type)) {
    throw invalid(`thinking.type: '${type}' is not supported by ${model.id}`);
  }
  return type;
}

function readBudget(thinking: JsonObject, type: ThinkingType): number | null {
  const { budget_tokens: budget } = thinking as { budget_tokens?: unknown };
  if (type !== 'enabled') {
    if (budget === undefined) return null;
    throw invalid(`thinking.budget_tokens: Extra inputs are not permitted with '${type}'`);
  }
  if (budget === undefined) throw invalid('thinking.budget_tokens: Field required');
  if (typeof budget !== 'number' || !Number.isInteger(budget) || budget < MIN_BUDGET_TOKENS) {
    const least = String(MIN_BUDGET_TOKENS);
    throw invalid(`thinking.budget_tokens: Input should be an integer of at least ${least}`);
  }
  return budget;
}

function readDisplay(value: unknown): ThinkingConfig['display'] | null {
  if (value === undefined || value === null) return null;
  const display = DISPLAYS.find((known) => known === value);
  if (!display) throw invalid(`thinking.display: Input should be one of ${DISPLAYS.join(', ')}`);
  return display;
}

function readEffort(outputConfig: unknown, model: SimulatedModel): EffortLevel {
  const value = isObject(outputConfig) ? (outputConfig['effort'] ?? null) : null;
  if (value === null) return DEFAULT_EFFORT;
  const effort = EFFORTS.find((known) => known === value);
  if (!effort) throw invalid(`output_config.effort: Input should be one of ${EFFORTS.join(', ')}`);
  if (!model.efforts.includes(effort)) {
    throw invalid(`output_config.effort: '${effort}' is not supported by ${model.id}`);
  }
  return effort;
}
