import type { ModelStatus } from '../../../schemas/wire/model.ts';
import type { LedgerQueries } from './ledger.ts';
import type { Budgets } from './budgets.ts';
import type { CacheAdmin } from './cache-admin.ts';
import type { CallRequest, Ended } from '../call/call.ts';
import type { Keys } from './keys.ts';
import type { FeedbackService } from './feedback.ts';
import type { Principal } from '../call/principal.ts';
import type { PromptCatalog } from '../call/prompt.ts';
import type { Tool } from '../tool/define-tool.ts';

/** The core as a front sees it: everything it may ask for, and nothing of how it is done. */
export interface Core {
  /** Every tool; a principal may be allowed fewer. */
  readonly tools: readonly Tool[];
  readonly keys: Keys;
  readonly budgets: Budgets;
  readonly cache: CacheAdmin;
  readonly feedback: FeedbackService;
  readonly prompts: PromptCatalog;
  readonly version: string;
  /** Clock of all that runs here, milliseconds since 1970. */
  now(): number;
  /** Address people reach the server at, without a trailing slash; doc links start with it. */
  readonly baseUrl: string;
  /** Whether the built-in simulator plays every model that a call may ask. */
  readonly simulated: boolean;
  /** Those that it plays. */
  readonly simulatedModels: readonly string[];
  /**
   * Finds who sent this secret, or none, in the store each time: a revoked key stops at once.
   * @throws ProblemError missing_key, invalid_key, expired_key, revoked_key
   */
  identify(secret: string | null): Promise<Principal>;
  /** The ledger as the principal may see it: its own calls, or as an admin all. */
  ledger(viewer: Principal): LedgerQueries;
  /** Run one call through the pipeline. Never rejects. */
  invoke(request: CallRequest): Promise<Ended>;
  /** Every model of a chain: price, breaker, queue. */
  models(): ModelStatus[];
  /** Whether calls can be taken: each part by name with null or what is wrong. */
  ready(): Promise<Record<string, string | null>>;
  /** Longest time of the last minute in which nothing else could be answered, milliseconds. */
  longestHoldMs(): number;
  /** Faults that do not keep calls from being taken, but need a look at them, as sentences. */
  warnings(): Promise<readonly string[]>;
}
