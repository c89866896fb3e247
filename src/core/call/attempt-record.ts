import type { Doubt, TokenEstimate, Usage } from '../../../schemas/wire/call.ts';
import type { Code } from '../../errors/codes.ts';

/** A prompt sent, as far as the bound of its tokens depends on it. */
export interface SentPrompt {
  /** Hash of what is the same from call to call: the system prompt and the shape of the reply. */
  fixed: string;
  /** UTF-8 bytes of that part. */
  fixedBytes: number;
  /** Of the rest. */
  ownBytes: number;
}

/** One request to one model, as the ledger keeps it. Money is integer nano-dollars (1e-9 USD). */
export interface AttemptRecord {
  model: string;
  /** Purpose: an answer, a judge's verdict, or an embedding. */
  purpose: 'answer' | 'judge' | 'embed';
  outcome:
    | 'ok'
    | 'failed'
    | 'timeout'
    | 'invalid'
    | 'truncated'
    | 'refused'
    | 'cancelled'
    | 'deadline'
    | 'cut'
    | 'lost';
  errorCode: Code | null;
  /** Why this model was asked at this point. */
  reason: string;
  /** Whether the request left the machine, and whether an answer to it began. */
  reached: 'not_sent' | 'unknown' | 'answered';
  requestId: string | null;
  usage: Usage;
  costNanoUsd: number;
  priceId: string | null;
  /** Against the same tokens without the provider's prompt cache; below 0 where writing cost more. */
  promptCacheSavedNanoUsd: number;
  /** The model that answered, where it is not the one asked. */
  answeredBy: string | null;
  /** Why usage and price are not simply what the provider said; empty: they are. */
  doubts: readonly Doubt[];
  /** Our own count, uncalibrated: what calibration learns from. */
  estimate: TokenEstimate | null;
  /** Absent where the prompt is none to learn from: not sent, or with a reply to be repaired. */
  sent?: SentPrompt;
  ttftMs: number | null;
  latencyMs: number;
}
