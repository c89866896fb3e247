import type {
  CacheEntry,
  CacheSelection,
  CacheStats,
  KeptAnswer,
  PurgeResult,
  ShadowReport,
} from '../../../schemas/wire/cache.ts';

/** Looking after what is kept: for fronts and the command line. Times are milliseconds since the epoch. */
export interface CacheAdmin {
  /** Work of the cache in `from <= started < to`, for everybody, and what it holds now. */
  stats(span: { from: number; to: number }): Promise<CacheStats>;
  /** Everything known of an entry; null: there is none. */
  inspect(entry: string): Promise<CacheEntry | null>;
  /** Questions served by similarity and why, and suspected false hits. */
  shadow(): Promise<ShadowReport>;
  /** Effective at once, in every process. */
  purge(selection: CacheSelection): Promise<PurgeResult>;
  /** A caller says that the answer of its call was wrong. Null: no cached answer had answered it. */
  complain(callId: string): Promise<KeptAnswer | null>;
}
