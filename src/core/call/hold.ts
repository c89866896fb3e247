import type { BudgetState, Unit } from '../../../schemas/wire/budget.ts';
import type { ProblemError } from '../../errors/problem.ts';
import type { AttemptRecord } from './attempt-record.ts';

/** Most that something may take, in every unit at once. */
export interface WorstUse {
  /** Prompt tokens, whatever of them the provider's cache holds. */
  promptTokens: number;
  /** Tokens written, thinking included. */
  outputTokens: number;
  /** Integer nano-dollars. */
  nanoUsd: number;
}

/** An attempt before it is made. */
export interface Purchase {
  model: string;
  /** It cannot take more. */
  need: WorstUse;
  /** It hardly ever takes more. */
  likely: WorstUse;
  /** As the ledger would show it if nobody ever said how it went. */
  lost: AttemptRecord;
}

/** Reservation of a call on its budgets. Everything that may spend does so through it. */
export interface Hold {
  /**
   * Before an attempt leaves: raises what is held to what the call has used and this may take, and
   * writes down what the call is to be charged if the process dies from here on.
   * @returns null, or the problem if a budget does not pay for it
   */
  buy(purchase: Purchase): Promise<ProblemError | null>;
  /**
   * The provider has counted the prompt of the running attempt. Holds what is missing, or gives back
   * what was held for nothing. Never rejects.
   * @returns the most tokens that the attempt may write; Infinity where no budget cuts it
   */
  recount(counted: Recount): Promise<number>;
  /** The problem of an answer that is cut because it outgrew what is held. */
  cut(): ProblemError;
}

/** An attempt whose prompt turned out other than was thought. */
export interface Recount extends Omit<Purchase, 'likely'> {
  /** The part of the need that reading the prompt takes. */
  prompt: WorstUse;
  /** Price of one token written, integer nano-dollars. */
  nanoUsdPerOutputToken: number;
}

/** A counter of calls: one budget, one subject of it, one window. */
export interface Meter {
  budget: string;
  /** The team, user …; empty for the scope all. */
  subject: string;
  /** What, of whom and how long it counts: with another scope, unit or window it is another meter. */
  counts: string;
  /** Milliseconds since the epoch. */
  windowStart: number;
}

/** Share of a meter a call reserves or uses. Amounts are integers: tokens, nano-dollars or requests. */
export interface Claim extends Meter {
  windowEnd: number;
  unit: Unit;
  limit: number;
  /** Percentages of the limit at which an event is raised. */
  thresholds: readonly number[];
  /** Reserved; when it is settled: used. */
  amount: number;
  /** Amount used if the process dies now. */
  charge: number;
  /**
   * Possible use beyond the amount, since an answer may finish that outgrows it. Of
   * the calls that run, one may have such a claim on a meter: a second one does not fit.
   */
  mayPass: number;
}

/** State of a meter. */
export interface Standing extends Meter {
  /** Used in this window, resets taken off. */
  used: number;
  /** Reserved by calls that are running. */
  held: number;
  /** Their possible use beyond that. */
  mayPass: number;
}

/** A hold at its end, as whoever writes the ledger row sees it. */
export interface Settlement {
  /** Claims with what was really used. Nothing can be bought any more from here on. */
  settle(): Promise<readonly Claim[]>;
  /** Standings in the words of the wire. */
  toStates(standings: readonly Standing[]): BudgetState[];
}
