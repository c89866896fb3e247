import { buildSteadyClock, type SteadyClock } from '../steady-clock.ts';
import { buildPass, type AttemptPass, type Judgement } from './pass.ts';
import type { BreakerSettings } from './settings.ts';
import { buildWindow, type AttemptMark, type OutcomeWindow } from './window.ts';
import { buildYardsticks, type Yardsticks } from './yardstick.ts';

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerStatus {
  state: BreakerState;
  /** When it came into this state, milliseconds since the epoch. */
  since: number;
  /** Why it last opened, one sentence; null while closed. */
  reason: string | null;
  /** When an open breaker lets a probe through, milliseconds since the epoch; null in other states. */
  retryAtMs: number | null;
  /** Usual values; null until known. */
  firstTokenMs: number | null;
  tokensPerSecond: number | null;
  /** The last attempts since it closed. */
  recent: Record<AttemptMark, number>;
}

export interface Breaker {
  /** A pass, or null when no attempt may be made now. */
  enter(): AttemptPass | null;
  /** Whether `enter` would give a pass now. */
  wouldEnter(): boolean;
  status(): BreakerStatus;
}

export interface BreakerChange {
  from: BreakerState;
  to: BreakerState;
  /** One sentence. */
  reason: string;
}

export interface BreakerParts {
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Numbers in [0, 1). */
  random: () => number;
  onChange?: (change: BreakerChange) => void;
}

interface Probe {
  leaseEndsAt: number;
}

/** A new object for every stay in a state: passes know by it whether their time is over. */
type Phase =
  | { state: 'closed' }
  | { state: 'open'; retryAtMs: number }
  | { state: 'half_open'; probe: Probe | null };

/** Waits are shorter by up to this share, so that processes do not all probe in the same moment. */
const JITTER = 0.2;

/**
 * The breaker in front of one model. Opens on bad attempts, lets one probe through after a wait, and
 * closes on a good one. A pass counts only in the state it was taken in: what began before the
 * breaker opened says nothing about afterwards. What has no verdict (`void`) changes nothing.
 */
export function buildBreaker(settings: BreakerSettings, parts: BreakerParts): Breaker {
  return new ModelBreaker(settings, parts);
}

class ModelBreaker implements Breaker {
  readonly #settings: BreakerSettings;
  readonly #parts: BreakerParts;
  /** A wall clock that is set back must not keep a breaker open until it has caught up. */
  readonly #clock: SteadyClock;
  readonly #window: OutcomeWindow;
  readonly #yardsticks: Yardsticks;
  #phase: Phase = { state: 'closed' };
  #since: number;
  #reason: string | null = null;
  /** Bad probes since the model was last seen healthy; not since it closed, or a flapping one would never wait long. */
  #badProbes = 0;
  /** Probes in a row that were slow only by comparison. */
  #relativeProbes = 0;

  constructor(settings: BreakerSettings, parts: BreakerParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#window = buildWindow(settings);
    this.#yardsticks = buildYardsticks(settings);
    this.#clock = buildSteadyClock(parts.now);
    this.#since = this.#clock.now();
  }

  enter(): AttemptPass | null {
    if (!this.wouldEnter()) return null;
    if (this.#phase.state === 'open') {
      this.#become({ state: 'half_open', probe: null }, 'the wait is over');
    }
    return this.#phase.state === 'half_open' ? this.#probePass(this.#phase) : this.#closedPass();
  }

  wouldEnter(): boolean {
    const phase = this.#phase;
    const now = this.#clock.now();
    if (phase.state === 'open') return now >= phase.retryAtMs;
    return phase.state === 'closed' || phase.probe === null || now >= phase.probe.leaseEndsAt;
  }

  status(): BreakerStatus {
    const { firstToken, msPerToken } = this.#yardsticks;
    const usualPace = msPerToken.usual();
    // Looked at, it may see that the clock was set back.
    this.#clock.now();
    return {
      state: this.#phase.state,
      since: this.#clock.toWall(this.#since),
      reason: this.#phase.state === 'closed' ? null : this.#reason,
      retryAtMs: this.#phase.state === 'open' ? this.#clock.toWall(this.#phase.retryAtMs) : null,
      firstTokenMs: firstToken.usual(),
      tokensPerSecond: usualPace === null ? null : 1000 / usualPace,
      recent: this.#window.recent(),
    };
  }

  #closedPass(): AttemptPass {
    const phase = this.#phase;
    return this.#pass(false, (judgement) => {
      if (this.#phase === phase) this.#count(judgement);
    });
  }

  #probePass(phase: Phase & { state: 'half_open' }): AttemptPass {
    const probe: Probe = { leaseEndsAt: this.#clock.now() + this.#settings.probeLeaseMs };
    phase.probe = probe;
    return this.#pass(true, (judgement) => {
      // Its place may have gone to another; then it has no say any more.
      if (phase.probe !== probe) return;
      if (judgement.verdict === 'void') phase.probe = null;
      else this.#decide(judgement);
    });
  }

  #pass(probe: boolean, report: (judgement: Judgement) => void): AttemptPass {
    const { paceFromTokens } = this.#settings;
    return buildPass({ probe, paceFromTokens, yardsticks: this.#yardsticks, report });
  }

  /** An attempt of the closed breaker is judged. */
  #count(judgement: Judgement): void {
    if (judgement.verdict === 'void') return;
    const tooMany = this.#window.record(judgement.verdict);
    if (tooMany !== null) {
      this.#open(`${tooMany}, the last: ${judgement.why}`);
      return;
    }
    if (judgement.verdict === 'ok') this.#learn(judgement);
    if (this.#window.isTelling()) this.#badProbes = 0;
  }

  /** The probe is judged. */
  #decide(judgement: Judgement): void {
    this.#relativeProbes = judgement.isRelative ? this.#relativeProbes + 1 : 0;
    if (judgement.verdict === 'ok') {
      this.#close(judgement, 'a probe went well');
    } else if (this.#relativeProbes >= this.#settings.newUsualProbes) {
      this.#yardsticks.firstToken.forget();
      this.#yardsticks.msPerToken.forget();
      this.#close(judgement, `${String(this.#relativeProbes)} probes show that this is usual now`);
    } else {
      this.#badProbes += 1;
      this.#open(`a probe was bad: ${judgement.why}`);
    }
  }

  #open(reason: string): void {
    const { openMs, longestOpenMs } = this.#settings;
    const waitMs = Math.min(longestOpenMs, openMs * 2 ** this.#badProbes);
    const retryAtMs = this.#clock.now() + waitMs * (1 - JITTER * this.#parts.random());
    this.#reason = reason;
    this.#become({ state: 'open', retryAtMs }, reason);
  }

  #close(judgement: Judgement, reason: string): void {
    this.#relativeProbes = 0;
    this.#window.clear();
    this.#learn(judgement);
    this.#become({ state: 'closed' }, reason);
  }

  #learn({ firstTokenMs, msPerToken }: Judgement): void {
    const now = this.#clock.now();
    if (firstTokenMs !== null) this.#yardsticks.firstToken.learn(firstTokenMs, now);
    if (msPerToken !== null) this.#yardsticks.msPerToken.learn(msPerToken, now);
  }

  #become(phase: Phase, reason: string): void {
    const from = this.#phase.state;
    this.#phase = phase;
    this.#since = this.#clock.now();
    this.#parts.onChange?.({ from, to: phase.state, reason });
  }
}
