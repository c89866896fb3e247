import { z } from 'zod';
import { Label } from './label.ts';

/** A slug: it stands in addresses, headers and command lines. */
export const BudgetName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,39}$/,
    'Must be 1 to 40 of a-z, 0-9, _ and -, a letter or digit first',
  )
  .describe('Name of the budget');

export const Scope = z.enum(['all', 'principal', 'team', 'user', 'feature', 'tool']);
export const Unit = z.enum(['tokens', 'usd', 'requests']);
export const Window = z.enum(['minute', 'hour', 'day', 'week', 'month']);

const weight = z.number().min(0).max(100).multipleOf(0.000_001).default(1);

/** Weight of a token of each kind in a budget of tokens. */
const Weights = z.strictObject({
  input: weight.describe('Prompt tokens at the full price'),
  output: weight.describe('Tokens written, thinking left out'),
  thinking: weight.describe('Tokens of thinking'),
  cache_read: weight.describe('Prompt tokens read from the provider cache'),
  cache_write: weight.describe('Prompt tokens written to the provider cache'),
});

const isTimeZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

/** Limit of a budget, and what happens at it. */
export const BudgetSettings = z
  .strictObject({
    scope: Scope.describe('What is counted together; all: every call'),
    of: Label.nullable()
      .default(null)
      .describe('Which one, for example the name of a team; null: each has a budget of its own'),
    unit: Unit.describe('What is counted'),
    window: Window.describe('When it starts anew, by the calendar'),
    limit: z
      .number()
      .positive()
      .max(1e12)
      .describe('The most that may be used in a window: tokens, US dollars or requests'),
    time_zone: z
      .string()
      .refine(isTimeZone, 'Must be a time zone like Europe/Berlin or UTC')
      .default('UTC')
      .describe('Whose calendar'),
    misfit: z
      .enum(['refuse', 'clamp', 'downgrade', 'queue'])
      .nullable()
      .default(null)
      .describe(
        'What to do with a call that does not fit: refuse it, lower its max_output_tokens, ask a cheaper model of its chain, or let it wait; null: as the tool declares',
      ),
    overrun: z
      .enum(['cut', 'finish'])
      .nullable()
      .default(null)
      .describe(
        'cut: only what surely fits begins, and an answer that outgrows what was held is cut: the limit is never passed; finish: one call at a time may begin that only seems to fit, and finish; may_pass says what that may cost; null: as the tool declares',
      ),
    weights: Weights.prefault({}).describe('How much a token of each kind counts, tokens only'),
    thresholds: z
      .array(z.number().int().min(1).max(100))
      .max(20)
      .default([50, 80, 100])
      .describe('Percentages at which an event is raised'),
  })
  .refine(({ unit, limit }) => unit === 'usd' || Number.isInteger(limit), {
    path: ['limit'],
    message: 'Must be a whole number of tokens or requests',
  })
  .refine(({ unit, limit }) => unit !== 'usd' || (limit >= 1e-9 && limit <= 9e6), {
    path: ['limit'],
    message: 'Must be between 0.000000001 and 9000000 US dollars',
  })
  .refine(({ scope, of }) => scope !== 'all' || of === null, {
    path: ['of'],
    message: 'The scope all has no parts to name',
  });

/** A budget as it is in force. */
export const Budget = z.object({
  name: BudgetName,
  ...BudgetSettings.shape,
  source: z
    .enum(['declared', 'set', 'default'])
    .describe('declared in tollgate.yaml, set by an admin, or the default without keys'),
});

/** State of a budget for one caller. */
export const BudgetState = z.object({
  budget: z.string().describe('Name of the budget'),
  scope: Scope.describe('What is counted together'),
  of: z
    .string()
    .nullable()
    .describe('Which one it is here; null for all, and for the calls that name none'),
  unit: Unit.describe('What it counts'),
  window: Window.describe('When it starts anew'),
  limit: z.number().describe('The most that may be used in a window'),
  used: z.number().describe('Used in this window'),
  held: z.number().describe('Reserved for calls that are running'),
  remaining: z.number().describe('Left: the limit without what is used and held; never below 0'),
  may_pass: z
    .number()
    .describe(
      'By how much the limit is passed if every running call takes all that it may: 0, but where answers may finish that outgrow what was held',
    ),
  resets_at: z.string().describe('Start of the next window, ISO 8601'),
});

/** A threshold that was passed. */
export const BudgetEvent = z.object({
  at: z.string().describe('When, ISO 8601, UTC'),
  budget: z.string().describe('Name of the budget'),
  of: z.string().nullable().describe('Whose it was; null for all'),
  window_start: z.string().describe('Start of the window, ISO 8601, UTC'),
  percent: z.number().int().describe('The threshold'),
  unit: Unit.describe('What is counted'),
  limit: z.number().describe('The limit then'),
  used: z.number().describe('Used after the call that passed it'),
  call_id: z.string().describe('That call'),
});

export const ListBudgetsResult = z.object({
  budgets: z.array(Budget).describe('Every budget in force, by name'),
});
export const ListBudgetEventsResult = z.object({
  events: z.array(BudgetEvent).describe('Newest first'),
});

export type BudgetSettings = z.output<typeof BudgetSettings>;
export type BudgetDraft = z.input<typeof BudgetSettings>;
export type Budget = z.infer<typeof Budget>;
export type Unit = z.infer<typeof Unit>;
export type BudgetState = z.infer<typeof BudgetState>;
export type BudgetEvent = z.infer<typeof BudgetEvent>;
