import type { Slowness, Yardsticks } from './yardstick.ts';

/** `void` says nothing about the model: the caller left, a refusal, our own mistake, too long an input. */
export type AttemptVerdict = 'ok' | 'failed' | 'slow' | 'void';

/** End of an attempt. */
export interface AttemptEnd {
  verdict: AttemptVerdict;
  /** As the model wrote; null when not measured, or when a slow reader held it up. */
  tokensPerSecond: number | null;
  /** When given, a pace measured over too few of them is not counted. */
  outputTokens?: number;
  /** The fault, in a few words or as an error code; goes into the reason of the breaker. */
  why?: string;
}

/** Permission to make one attempt. Whoever takes it ends it. */
export interface AttemptPass {
  /** Whether it is the one probe of a half-open breaker. */
  readonly probe: boolean;
  /** The model began to write, so long after the request was sent. May already judge it slow. */
  firstToken(ms: number): void;
  /**
   * Still no first token after so long: a model that keeps everybody waiting is judged before it
   * ends. @returns true if that just happened, which is once per attempt at most
   */
  waited(ms: number): boolean;
  /** It ended; exactly the first end counts, and none after the attempt was judged slow. */
  end(result: AttemptEnd): void;
}

/** Judgement of a model by an attempt; given once per pass. */
export interface Judgement {
  verdict: AttemptVerdict;
  why: string;
  isRelative: boolean;
  firstTokenMs: number | null;
  msPerToken: number | null;
}

interface PassParts {
  probe: boolean;
  yardsticks: Yardsticks;
  paceFromTokens: number;
  /** Called once, as soon as there is a verdict. */
  report: (judgement: Judgement) => void;
}

export function buildPass({ probe, yardsticks, paceFromTokens, report }: PassParts): AttemptPass {
  let isJudged = false;
  let firstTokenMs: number | null = null;

  const judge = (judgement: Omit<Judgement, 'firstTokenMs'>): void => {
    isJudged = true;
    report({ ...judgement, firstTokenMs });
  };
  const judgeSlow = (slowness: Slowness, msPerToken: number | null, why: string): void => {
    judge({ verdict: 'slow', why, isRelative: slowness.isRelative, msPerToken });
  };

  return {
    probe,
    firstToken(ms) {
      if (isJudged || firstTokenMs !== null) return;
      firstTokenMs = ms;
      const slow = yardsticks.firstToken.slowness(ms);
      if (slow !== null) judgeSlow(slow, null, `first token after ${inMs(ms, slow)}`);
    },
    waited(ms) {
      if (isJudged || firstTokenMs !== null) return false;
      const slow = yardsticks.firstToken.slowness(ms);
      // A probe is heard out up to the absolute limit, or nobody would learn what is usual now.
      if (slow === null || (probe && slow.isRelative)) return false;
      judgeSlow(slow, null, `no first token after ${inMs(ms, slow)}`);
      return true;
    },
    end(result) {
      if (isJudged) return;
      const { verdict, why = verdict } = result;
      const msPerToken = paceOf(result, paceFromTokens);
      const slow =
        verdict === 'ok' && msPerToken !== null ? yardsticks.msPerToken.slowness(msPerToken) : null;
      if (slow === null) judge({ verdict, why, isRelative: false, msPerToken });
      else judgeSlow(slow, msPerToken, inTokensPerSecond(msPerToken ?? 0, slow));
    },
  };
}

function paceOf(
  { tokensPerSecond, outputTokens }: AttemptEnd,
  paceFromTokens: number,
): number | null {
  const isTooShort = outputTokens !== undefined && outputTokens < paceFromTokens;
  return tokensPerSecond === null || isTooShort ? null : 1000 / tokensPerSecond;
}

const against = (limit: string, { isRelative }: Slowness): string =>
  `the limit is ${limit}${isRelative ? ', by what is usual' : ''}`;

const inMs = (ms: number, slow: Slowness): string =>
  `${ms.toFixed(0)} ms (${against(`${slow.limitMs.toFixed(0)} ms`, slow)})`;

const inTokensPerSecond = (msPerToken: number, slow: Slowness): string =>
  `${(1000 / msPerToken).toFixed(1)} tokens per second (${against((1000 / slow.limitMs).toFixed(1), slow)})`;
