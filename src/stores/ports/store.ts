import type { BudgetSettings, Unit } from '../../../schemas/wire/budget.ts';
import type { WireCallMeta } from '../../../schemas/wire/call.ts';
import type { GetBudgetOutput } from '../../../schemas/tools/get-budget.ts';
import type { UsageQuery, UsageSums } from '../../../schemas/tools/get-usage.ts';
import type { AttemptRecord, Call } from '../../core/call/call.ts';
import type { Tier } from '../../core/call/cache-lookup.ts';
import type { CallsQuery } from '../../core/services/ledger.ts';
import type { Claim, Meter, Standing } from '../../core/call/hold.ts';
import type { PromptUse } from '../../core/call/prompt.ts';
import type { CacheStore } from './cache.ts';
import type { EvalStore, FeedbackStore } from './prompts.ts';

/** Writing the ledger. */
export interface LedgerWriter {
  /**
   * Write the row of a call that has ended and, in the same transaction, settle its hold: what was
   * used is added to its meters, what was reserved is gone. Doing it again changes nothing. A row
   * that a sweep wrote meanwhile is replaced, and its charge with it. A row that cannot be written as
   * it is (a count that is none, or absurd) is set aside, and a row that can takes its place.
   * @param claims with `amount` as used and `charge` as last reserved; none for a call without hold
   * @returns how the meters stand now, in the order of the claims
   */
  record(call: Call, claims?: readonly Claim[]): Promise<Standing[]>;
  /**
   * Why nothing may be spent now, because nobody would find it in the books: the database is gone,
   * full, damaged or closed to writing. Null: all is well. Free to ask before every call.
   */
  trouble(): string | null;
}

/** A row that could not be written as it was. */
export interface SetAsideRow {
  /** Id of the call. Where its counts could not be believed, the ledger has it as `row_set_aside`. */
  call: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** The fault in it, for people. */
  reason: string;
  /** The row as JSON, column by column; numbers that JSON has not are strings. */
  row: string;
}

/** Rows that were set aside so that the calls after them went on. */
export interface SetAsideStore {
  /** Of that moment and later, the oldest first. */
  list(from: number, limit: number): Promise<SetAsideRow[]>;
}

/** `all` makes one row of everything. */
export type Grouping = UsageQuery['group_by'] | 'all';

/** Caller whose calls are meant; null: all. */
export type Viewer = string | null;

/** Calls that a cache was in front of, and what finding their answers cost. */
export interface CacheUse {
  tiers: { tier: Tier | null; calls: number; savedNanoUsd: number }[];
  judge: { attempts: number; costNanoUsd: number };
  embed: { attempts: number; costNanoUsd: number };
}

/** Sums per key over `from <= started < to`. */
export interface SumQuery {
  groupBy: Grouping;
  from: number;
  to: number;
  /** So many keys at the most, the first in the order of the answer. */
  limit?: number;
}

export type Sums = { key: string | null } & UsageSums;

/**
 * Reading the ledger. Times are milliseconds since the epoch. However large the ledger is, what the
 * process does besides goes on meanwhile.
 * @throws ProblemError question_too_large, ledger_busy
 */
export interface LedgerReader {
  get(id: string, viewer: Viewer): Promise<WireCallMeta | null>;
  /** Newest first. */
  list(query: CallsQuery, viewer: Viewer): Promise<WireCallMeta[]>;
  /** Attempts whose tokens the provider counted, of the newest `limit` calls, oldest first. */
  countedAttempts(limit: number): Promise<AttemptRecord[]>;
  /** Dearest first, days in order. */
  sum(query: SumQuery, viewer: Viewer): Promise<Sums[]>;
  /** Use of the cache by calls over `from <= started < to`; tier null: nothing found. */
  cacheUse(query: { from: number; to: number }, viewer: Viewer): Promise<CacheUse>;
  /** Calls served per version of a prompt, over all time, by content, oldest first. */
  promptUse(promptId: string): Promise<PromptUse[]>;
  /** Spending on the UTC day of `now` and in its month. */
  spent(now: number, viewer: Viewer): Promise<GetBudgetOutput['spent']>;
}

/** Amount that a call used on a budget of this unit; null: no longer known. */
export type AmountOf = (
  budget: string,
  unit: Unit,
  attempts: readonly AttemptRecord[],
) => number | null;

/** Something that is kept, and what the rows say it is; amounts as they are kept. */
export interface Difference {
  what: string;
  kept: number;
  rows: number;
}

/** Whether what is kept beside the rows agrees with them. */
export interface Verification {
  /** Rows that are in the sums, and those that are not yet. */
  rows: number;
  waiting: number;
  /** Counts of sums and meters compared; `unchecked`: meters whose use nobody can tell. */
  sums: number;
  meters: number;
  unchecked: number;
  /** Count of differences, and the first of them. */
  count: number;
  differences: Difference[];
}

/** Sums of the ledger, kept behind its rows; answers are right at every moment, quick once rows are in. */
export interface LedgerSums {
  /**
   * Brings the rows that wait into the sums.
   * @param atLeast nothing happens where fewer wait
   * @returns how many there were
   */
  rollUp(atLeast?: number): Promise<number>;
  /** Reads the whole ledger on the thread of whoever asks: for a process that does nothing else. */
  verify(asked: { amountOf: AmountOf; now: number }): Promise<Verification>;
}

/** A reservation, or the raise of one. */
export interface HoldRequest {
  /** The call as its row would have to be if the process died now. */
  crashRecord: Call;
  claims: readonly Claim[];
  /** Milliseconds since the epoch; renewed while the process lives. */
  leaseUntil: number;
}

/** A threshold that was passed; amounts as in claims, times in milliseconds since the epoch. */
export interface PassedThreshold extends Meter {
  at: number;
  percent: number;
  unit: Unit;
  limit: number;
  used: number;
  callId: string;
}

/** Budgets as rows: what is used on each meter, and one row per hold. */
export interface BudgetStore {
  /**
   * Reserve all claims or none, in one transaction. Asked again for the same call, the new amounts
   * take the place of the old, which stay if the new do not fit. Lowering an amount always fits. A
   * claim that may pass its amount fits where no other call has one on that meter.
   * @returns whether it fits, and how the meters stand now, in the order of the claims
   */
  hold(request: HoldRequest): Promise<{ held: boolean; standings: Standing[] }>;
  standings(meters: readonly Meter[]): Promise<Standing[]>;
  /** Count a window anew; subject null: for every one. The ledger keeps what was spent. */
  reset(meters: Omit<Meter, 'subject'> & { subject: string | null }): Promise<void>;
  /** Thresholds that were passed, newest first. */
  passed(query: { limit: number; budget?: string | undefined }): Promise<PassedThreshold[]>;
  /** Budgets that were set, by name. Cheap to ask before every call. */
  definitions(): Promise<ReadonlyMap<string, BudgetSettings>>;
  put(name: string, settings: BudgetSettings): Promise<void>;
  /** @returns whether there was one */
  remove(name: string): Promise<boolean>;
}

/** A key as it is kept. Times are milliseconds since the epoch. */
export interface KeyRecord {
  name: string;
  team: string | null;
  user: string | null;
  feature: string | null;
  tools: readonly string[] | null;
  models: readonly string[] | null;
  admin: boolean;
  /** May say which version of a prompt answers it. */
  pinPrompts: boolean;
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
  rotatedAt: number | null;
  /** Start of its newest secret. */
  prefix: string;
}

/** A secret of a key, as a keyed hash in hex. */
export interface SecretRecord {
  hash: string;
  prefix: string;
  createdAt: number;
  /** When it was, or will be, replaced; null: never. */
  expiresAt: number | null;
}

/** Keys, by name and by hash of a secret. */
export interface KeyStore {
  /** @returns false when the name is taken; then nothing is written */
  insert(key: Omit<KeyRecord, 'prefix' | 'rotatedAt'>, secret: SecretRecord): Promise<boolean>;
  /** By name. */
  list(): Promise<KeyRecord[]>;
  get(name: string): Promise<KeyRecord | null>;
  find(hash: string): Promise<{ key: KeyRecord; secret: SecretRecord } | null>;
  /** Keeps the first moment if it was revoked before. */
  revoke(name: string, at: number): Promise<void>;
  /** Every older secret ends at `oldUntil`, if it does not end before. */
  rotate(name: string, secret: SecretRecord, oldUntil: number): Promise<void>;
  /** Whether there is or was any key. */
  any(): Promise<boolean>;
  /** A value that all processes share: the first one given is kept. For what keys are hashed with. */
  shared(name: string, first: string): Promise<string>;
}

/** The outcome of a call as it is kept for its idempotency key, JSON. */
export type StoredOutcomeJson = string;

export interface IdempotentCall {
  principal: string;
  key: string;
  /** Hash of tool and input. */
  bodyHash: string;
  callId: string;
}

/** State of an idempotency key. */
export type Begun =
  | { state: 'mine' }
  | { state: 'running'; callId: string }
  | { state: 'done'; callId: string; outcome: StoredOutcomeJson }
  | { state: 'mismatch'; callId: string };

export interface IdempotencyStore {
  /** Claims the key, if nobody has it, if its outcome is past its time, or if its process died. */
  begin(call: IdempotentCall, at: { now: number; leaseUntil: number }): Promise<Begun>;
  /** Keeps the outcome until then. Changes nothing where the key is another call's by now. */
  finish(call: IdempotentCall, outcome: StoredOutcomeJson, keepUntil: number): Promise<void>;
  /** Gives the key up, so that the same call may be made again. */
  abandon(call: IdempotentCall): Promise<void>;
}

/** Leases of a process on its reservations, for as long as it renews. */
export interface Leases {
  /** Renews every hold and idempotency key of this process. */
  renew(leaseUntil: number): Promise<void>;
  /**
   * Settles the holds of dead processes: what was dispatched at its charge, the rest for nothing,
   * each with a ledger row. Removes what is past its time.
   * @returns how many holds it settled
   */
  sweep(now: number): Promise<number>;
}

/** A database: everything tollgate keeps, behind one door. */
export interface Store {
  ledger: LedgerWriter & LedgerReader & LedgerSums;
  budgets: BudgetStore;
  keys: KeyStore;
  idempotency: IdempotencyStore;
  leases: Leases;
  cache: CacheStore;
  feedback: FeedbackStore;
  evals: EvalStore;
  setAside: SetAsideStore;
  /** Null, or what is wrong with it: it is written to, to know. */
  health(): Promise<string | null>;
  close(): Promise<void>;
}
