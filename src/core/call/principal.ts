import type { Labels } from './labels.ts';

/** The caller, and what it may do. */
export interface Principal {
  /** Name of its key, or `local`. Stands in the ledger. */
  readonly id: string;
  /** Labels that its calls have, whatever they claim; null: as they claim. */
  readonly labels: Labels;
  /** Tools it may call; null: all. */
  readonly tools: readonly string[] | null;
  /** Models it may ask; null: all. */
  readonly models: readonly string[] | null;
  /** May manage keys and budgets, and see every call. */
  readonly isAdmin: boolean;
  /** May say which version of a prompt answers it. */
  readonly mayPin: boolean;
}

/** Any caller that reaches a machine without keys. */
export const LOCAL: Principal = {
  id: 'local',
  labels: { feature: null, user: null, team: null },
  tools: null,
  models: null,
  isAdmin: false,
  mayPin: true,
};
