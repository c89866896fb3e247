import type { TimeLimits } from '../core/call/time-limits.ts';
import { problem, type ProblemError } from '../errors/problem.ts';

export const TIME_LIMITS: TimeLimits = {
  connectMs: 5_000,
  firstTokenMs: 20_000,
  idleMs: 15_000,
  totalMs: 90_000,
};

/**
 * The wait an attempt is in. `nothing`: a reader is behind, which is not the model's fault. `close`:
 * all has been said; the stream is let close by itself, so that its connection can be used again.
 */
type WaitPhase = 'connect' | 'firstToken' | 'idle' | 'close' | 'nothing';

/** A stream closes right behind its last event, or nobody waits for it. */
const CLOSE_MS = 100;

const WORDS: Record<Exclude<WaitPhase, 'nothing'> | 'total', string> = {
  connect: 'no connection to it within',
  firstToken: 'no first token within',
  idle: 'no further token within',
  close: 'its stream stayed open for more than',
  total: 'no end within',
};

export interface Watchdog {
  /** Aborts when a limit is passed, the call's time is up or the caller leaves; the reason is a problem. */
  readonly signal: AbortSignal;
  /** Say what is waited for now. */
  waitFor(what: WaitPhase): void;
  /** Abort for a reason of somebody else's. */
  abort(reason: ProblemError): void;
  stop(): void;
}

interface WatchedAttempt {
  model: string;
  limits: TimeLimits;
  signal: AbortSignal;
  /** When the call itself needs its answer, milliseconds from now. */
  leftMs: number;
}

/**
 * Time limits of one attempt. The SDK's own ends when the response headers arrive and a ping would
 * satisfy any watchdog of bytes, so these count tokens alone.
 */
export function watchAttempt({ model, limits, signal, leftMs }: WatchedAttempt): Watchdog {
  const controller = new AbortController();
  const limitsMs = { ...limits, closeMs: CLOSE_MS };
  const stopWith = (reason: ProblemError): void => {
    if (controller.signal.aborted) return;
    stop();
    controller.abort(reason);
  };
  const tooSlow = (what: keyof typeof WORDS): void => {
    const within = String(limitsMs[`${what}Ms`] / 1000);
    const detail = `${model} was too slow: ${WORDS[what]} ${within} s.`;
    stopWith(problem('model_timeout', { detail }));
  };
  const onWhole = (): void => {
    if (limits.totalMs <= leftMs) tooSlow('total');
    else stopWith(problem('deadline_exceeded', { detail: 'The time of the call was up.' }));
  };
  const onCall = (): void => {
    stopWith(signal.reason as ProblemError);
  };
  const whole = setTimeout(onWhole, Math.max(0, Math.min(limits.totalMs, leftMs)));
  const stage = openStage(limitsMs, tooSlow);
  const stop = (): void => {
    clearTimeout(whole);
    stage.stop();
    signal.removeEventListener('abort', onCall);
  };
  const waitFor = (what: WaitPhase): void => {
    if (!controller.signal.aborted) stage.waitFor(what);
  };
  if (signal.aborted) onCall();
  else {
    signal.addEventListener('abort', onCall, { once: true });
    waitFor('connect');
  }
  return { signal: controller.signal, waitFor, abort: stopWith, stop };
}

/** The one limit that counts now; the one on the whole runs beside it. */
function openStage(
  limits: TimeLimits & { closeMs: number },
  tooSlow: (what: Exclude<WaitPhase, 'nothing'>) => void,
): Pick<Watchdog, 'waitFor' | 'stop'> {
  let timer: NodeJS.Timeout | undefined;
  let current: WaitPhase = 'nothing';
  return {
    waitFor(what) {
      // Thousands of tokens may come: the timer of the same wait is wound up again, not made anew.
      if (what === current) {
        timer?.refresh();
        return;
      }
      clearTimeout(timer);
      current = what;
      timer = what === 'nothing' ? undefined : setTimeout(tooSlow, limits[`${what}Ms`], what);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
