import { buildQueue, type Slot, type Queue } from '../../../src/model/queue/queue.ts';
import type { QueueSettings } from '../../../src/model/queue/settings.ts';
import { SimulatedProvider, type Fate, type TrueBuckets } from './simulated-provider.ts';
import { SimulatedTime } from './simulated-time.ts';

/** A call of the crowd: when it comes, what it says it needs, and what becomes of its attempt. */
export interface Member {
  principal: string;
  comesAtMs: number;
  patienceMs: number;
  /** What it asks for, by factor of what it uses: at least 1. */
  caution: number;
  fate: Fate;
}

export interface Ending {
  member: Member;
  /** Since the beginning of the run. */
  atMs: number;
  startBy: number;
  result: 'place' | 'overloaded' | 'other';
  error: unknown;
}

export const CROWD_START = 1_000_000;

/** A crowd, a queue and a provider in simulated time. */
export class Crowd {
  readonly time = new SimulatedTime(CROWD_START);
  readonly provider: SimulatedProvider;
  readonly queue: Queue;
  readonly endings: Ending[] = [];
  mostRunning = 0;

  constructor(settings: QueueSettings, buckets: TrueBuckets | null) {
    this.provider = new SimulatedProvider(this.time, buckets);
    this.queue = buildQueue('model', settings, this.time.clock);
  }

  async run(members: readonly Member[]): Promise<void> {
    for (const member of members) {
      this.time.after(member.comesAtMs, () => void this.#enter(member));
    }
    await this.time.runUntil();
  }

  async #enter(member: Member): Promise<void> {
    const startBy = this.time.now + member.patienceMs;
    const ended = (result: Ending['result'], error: unknown): void => {
      this.endings.push({ member, atMs: this.time.now - CROWD_START, startBy, result, error });
    };
    try {
      const slot = await this.queue.enter({
        principal: member.principal,
        inputTokens: Math.ceil(member.fate.inputTokens * member.caution),
        outputTokens: Math.ceil(member.fate.outputTokens * member.caution),
        startBy,
        signal: new AbortController().signal,
        onPosition: () => undefined,
      });
      this.mostRunning = Math.max(this.mostRunning, this.queue.status().running);
      ended('place', null);
      this.#attempt(slot, member.fate);
    } catch (error) {
      const isOverloaded = error instanceof Error && 'code' in error && error.code === 'overloaded';
      ended(isOverloaded ? 'overloaded' : 'other', error);
    }
  }

  #attempt(slot: Slot, fate: Fate): void {
    let isOver = false;
    const leave = (): void => {
      isOver = true;
      slot.leave();
    };
    if (fate.dropMs !== Infinity) this.time.after(fate.dropMs, leave);
    this.provider.ask(fate, (limits, isRefused) => {
      if (isOver) return;
      slot.limitsReceived(limits);
      if (isRefused) {
        slot.refused(1_000);
        leave();
        return;
      }
      slot.counted(fate.inputTokens);
      this.time.after(fate.writeMs, leave);
    });
  }
}
