import type {
  CacheEntry,
  CacheSelection,
  CacheStats,
  ShadowReport,
} from '../../schemas/wire/cache.ts';
import type { Feedback } from '../../schemas/wire/feedback.ts';
import type { CacheAdmin } from '../../src/core/services/cache-admin.ts';
import type { FeedbackService } from '../../src/core/services/feedback.ts';
import { NO_USAGE } from '../../src/core/call/usage.ts';

/** A desk that answers the same to everybody, and remembers what it was told to do. */
export interface FakeCacheAdmin extends CacheAdmin {
  readonly spans: { from: number; to: number }[];
  readonly purged: CacheSelection[];
  readonly complaints: string[];
}

const AT = '2026-11-26T10:00:00.000Z';

export const STATS: CacheStats = {
  from: AT,
  to: AT,
  calls: 4,
  hit_share: 0.75,
  saved_usd: 0.003,
  tiers: [
    { tier: 'exact', calls: 2, share: 0.5, saved_usd: 0.002 },
    { tier: 'judged', calls: 1, share: 0.25, saved_usd: 0.001 },
  ],
  judge: { attempts: 1, cost_usd: 0.000_2 },
  embed: { attempts: 0, cost_usd: 0 },
  entries: 1,
  bytes: 2_048,
  scopes: 1,
  learnt_aliases: 1,
  negatives: 1,
  quarantined: 0,
  vectors: [{ index: 'lexical-1', count: 1 }],
};

export const ENTRY: CacheEntry = {
  id: 'call_1',
  tool: 'answer_question',
  prompt: 'faq@v1',
  model: 'claude-sonnet-5-5',
  tenant: null,
  scope: 'ab',
  question: 'How long?',
  canon: 'how long',
  output: { answer: '30 days.' },
  tags: ['faq'],
  hits: 2,
  saved_usd: 0.002,
  wordings: [{ text: 'How long?', source: 'own' }],
  denied: [{ text: 'How short?', source: 'judge' }],
  usage: NO_USAGE,
  cost_usd: 0.001,
  bytes: 2_048,
  strikes: 0,
  quarantined: false,
  created_at: AT,
  last_used_at: AT,
  exact_until: AT,
  similar_until: AT,
  indexes: [],
};

export const SHADOW: ShadowReport = {
  classes: [
    {
      class: 'answer_question question',
      index: 'http-1',
      rules: 'key-1 guards-1',
      state: 'serving',
      threshold: 0.94,
      judged: 412,
      wrong: 1,
      bound: 0.0163,
      max_false_hits: 0.02,
      looks: 3,
      labels: 500,
      at: AT,
    },
  ],
  disagreements: [
    {
      at: AT,
      entry: 'call_1',
      tool: 'answer_question',
      asked: 'How short?',
      stored: 'How long?',
      source: 'judge',
    },
  ],
};

export function fakeCacheAdmin(): FakeCacheAdmin {
  const [spans, purged, complaints]: [
    FakeCacheAdmin['spans'],
    FakeCacheAdmin['purged'],
    FakeCacheAdmin['complaints'],
  ] = [[], [], []];
  return {
    spans,
    purged,
    complaints,
    stats(span) {
      spans.push(span);
      return Promise.resolve(STATS);
    },
    inspect: (entry) => Promise.resolve(entry === ENTRY.id ? ENTRY : null),
    shadow: () => Promise.resolve(SHADOW),
    purge(selection) {
      purged.push(selection);
      return Promise.resolve({ purged: 3 });
    },
    complain(call) {
      complaints.push(call);
      const entry = { id: ENTRY.id, strikes: complaints.length, quarantined: false };
      return Promise.resolve(call === 'call_hit' ? entry : null);
    },
  };
}

/** Takes what anybody says of any call, and remembers it. */
export interface FakeFeedback extends FeedbackService {
  readonly given: { by: string; call: string; feedback: Feedback }[];
}

export function fakeFeedback(): FakeFeedback {
  const given: FakeFeedback['given'] = [];
  return {
    given,
    give({ id: by }, call, feedback) {
      given.push({ by, call, feedback });
      return Promise.resolve({ score: 0.25, prompt: 'faq@v2', entry: null });
    },
  };
}
