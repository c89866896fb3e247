import type { TokenEstimate, Usage } from '../../schemas/wire/call.ts';
import type { AttemptRecord } from '../../src/core/call/call.ts';

export const MODEL = 'claude-sonnet-5-5';

interface Counts {
  model?: string;
  outcome?: AttemptRecord['outcome'];
  usage?: Partial<Usage>;
  estimate?: Partial<TokenEstimate> | null;
}

/** An attempt that both sides counted: by default alike. */
export const counted = ({
  model = MODEL,
  outcome = 'ok',
  usage = {},
  estimate = {},
}: Counts = {}): AttemptRecord => ({
  model,
  purpose: 'answer',
  outcome,
  errorCode: null,
  reason: 'a test',
  reached: 'answered',
  requestId: null,
  usage: {
    input: 1000,
    output: 200,
    thinking: 0,
    cache_read: 0,
    cache_write_5m: 0,
    cache_write_1h: 0,
    source: 'provider',
    ...usage,
  },
  costNanoUsd: 0,
  priceId: null,
  promptCacheSavedNanoUsd: 0,
  answeredBy: null,
  doubts: [],
  estimate: estimate && { input: 1000, output: 200, content: 'prose', ...estimate },
  ttftMs: null,
  latencyMs: 1,
});
