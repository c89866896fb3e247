import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AttemptRecord, SentPrompt } from '../../core/call/attempt-record.ts';
import { promptTokens } from '../../core/call/usage.ts';

/** The texts of a request. */
export interface PromptTexts {
  system: string;
  user: string;
  /** The shape of the reply, as JSON. */
  schema: string;
}

/** Upper bounds of prompts in tokens: what a reservation may rely on, where an average is no help. */
export interface Bounds {
  /** The most tokens that the provider can count for this prompt. */
  most(sent: SentPrompt, model: string): number;
  /** The most that these texts can add to a prompt, each as a message of its own. */
  mostMore(texts: readonly string[], model: string): number;
  /** A provider has counted a prompt so, whatever became of the attempt: it may refute a bound. */
  seen(counted: { model: string; sent: SentPrompt; tokens: number }): void;
  /** Learn from an attempt whose prompt the provider counted; others teach nothing. */
  learn(attempt: Proof): void;
}

type Proof = Pick<AttemptRecord, 'model' | 'usage' | 'sent' | 'estimate'>;

/** Tokens providers write around a message: role markers, turn ends. Chat templates have 3 to 9. */
const MESSAGE_FRAME_TOKENS = 16;
/** Tokens a provider adds of its own accord. Published: up to 530 for tools and formats. */
const HIDDEN_TOKENS = 600;
const MESSAGES = 2;
/** A schema is translated, and laid out with line breaks, before a model sees it. */
const SCHEMA_FACTOR = 2;
/** A count that is above a bound is no reason to trust the next one to be exactly as high. */
const MARGIN = 1.25;
/** A count so far below ours is more likely a mistake than a discovery. */
const LEAST_CREDIBLE = 0.25;
/** One absurd count is forgotten after some dozens of ordinary ones. */
const FADING = 0.9;
const KEPT = 5_000;

/** UTF-8 bytes of a text: no tokenizer writes more tokens than that. */
const bytesOf = (text: string): number => Buffer.byteLength(text);

/** Measure a prompt for its bound, whatever the model. */
export function measure({ system, user, schema }: PromptTexts): SentPrompt {
  const hash = createHash('sha256').update(system).update('\0').update(schema);
  return {
    fixed: hash.digest('base64url').slice(0, 22),
    fixedBytes: bytesOf(system) + SCHEMA_FACTOR * bytesOf(schema),
    ownBytes: bytesOf(user),
  };
}

/** Knowledge of a fixed part at a model. */
interface KnownPart {
  /** The smallest count of a prompt with it: the part itself is no larger. */
  least: number;
  /** A later count was higher than that allows: the counts contradict each other. */
  isRefuted: boolean;
}

const UNKNOWN: KnownPart = { least: Infinity, isRefuted: false };

/**
 * A token is a byte at least, so the bytes are the bound of what was never counted. What a provider
 * counted for a prompt is a bound of the part of it that comes again: blocks of a prompt are
 * tokenized apart, so the next prompt has no more than that plus the bytes of what is new in it.
 * A count above a bound refutes what it came from: the proof, or that a token is a byte.
 */
export function buildBounds(): Bounds {
  const known = new LRUCache<string, KnownPart>({ max: KEPT });
  /** Tokens per byte, of the models that were seen to count more than one. */
  const rates = new Map<string, number>();
  const rateOf = (model: string): number => rates.get(model) ?? 1;
  const overhead = HIDDEN_TOKENS + MESSAGES * MESSAGE_FRAME_TOKENS;
  const plain = ({ fixedBytes, ownBytes }: SentPrompt, model: string): number =>
    overhead + Math.ceil((fixedBytes + ownBytes) * rateOf(model));
  const proven = ({ least }: KnownPart, { ownBytes }: SentPrompt, model: string): number =>
    least + Math.ceil(ownBytes * rateOf(model));
  const seen: Bounds['seen'] = ({ model, sent, tokens }) => {
    const bytes = Math.max(1, sent.fixedBytes + sent.ownBytes);
    if (tokens > plain(sent, model)) rates.set(model, (tokens / bytes) * MARGIN);
    const found = known.get(keyOf(sent, model));
    if (found && tokens > proven(found, sent, model)) found.isRefuted = true;
  };
  return {
    most(sent, model) {
      const found = known.get(keyOf(sent, model));
      const byBytes = plain(sent, model);
      if (!found || found.isRefuted) return byBytes;
      return Math.min(byBytes, proven(found, sent, model));
    },
    mostMore: (texts, model) =>
      texts.reduce(
        (sum, text) => sum + MESSAGE_FRAME_TOKENS + Math.ceil(bytesOf(text) * rateOf(model)),
        0,
      ),
    seen,
    learn({ model, usage, sent, estimate }) {
      if (!sent || usage.source !== 'provider') return;
      const tokens = promptTokens(usage);
      if (!(tokens > 0) || tokens < (estimate?.input ?? 0) * LEAST_CREDIBLE) return;
      const isOrdinary = tokens <= overhead + sent.fixedBytes + sent.ownBytes;
      if (isOrdinary && rateOf(model) > 1) rates.set(model, Math.max(1, rateOf(model) * FADING));
      seen({ model, sent, tokens });
      const found = known.get(keyOf(sent, model)) ?? UNKNOWN;
      known.set(keyOf(sent, model), { ...found, least: Math.min(found.least, tokens) });
    },
  };
}

const keyOf = ({ fixed }: SentPrompt, model: string): string => `${fixed} ${model}`;
