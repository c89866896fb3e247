import type { Leases } from '../stores/ports/store.ts';

interface LeaseManagerParts {
  leases: Leases;
  /** Time a reservation outlives a process that says nothing any more, milliseconds. */
  leaseMs: number;
  now: () => number;
  /** A renewal or a sweep failed. It is tried again. */
  onError: (error: unknown) => void;
  /** So many holds of dead processes were settled. */
  onSwept: (holds: number) => void;
  random?: () => number;
  /** A clock that nobody sets, milliseconds. */
  monotonic?: () => number;
}

interface LeaseManager {
  /** The end of a lease that begins now, milliseconds since the epoch. */
  leaseUntil(): number;
  /** Keeps at it until it is stopped; keeps no process alive. */
  start(): void;
  /**
   * For whoever is refused: makes sure that nothing of a dead process stands in the way. Many who ask
   * at once share one sweep. Never rejects.
   * @returns how many holds were settled; 0 if it failed
   */
  sweep(): Promise<number>;
  stop(): void;
}

/** A lease outlives two renewals that fail. */
const RENEWALS_PER_LEASE = 3;
/** After a failure it is tried again so much sooner: a store that is busy may be so for seconds. */
const RETRIES_PER_LEASE = 15;
/** A crowd that is refused at once shares a sweep; what died since then is found by the next. */
const SHARED_MS = 250;

/** Renews what this process has reserved, and settles what dead ones have left. */
export function buildLeaseManager(parts: LeaseManagerParts): LeaseManager {
  const { leases, leaseMs, now, onError, random = Math.random } = parts;
  const { monotonic = () => performance.now() } = parts;
  const leaseUntil = (): number => now() + leaseMs;
  const usualMs = leaseMs / RENEWALS_PER_LEASE;
  const isClockSteady = buildSteadiness({ now, monotonic, stepMs: usualMs, quietMs: leaseMs });
  const sweep = sharing(async () => (isClockSteady() ? sweepOnce(parts) : 0), now);

  const renewing = poll(async () => {
    try {
      await leases.renew(leaseUntil());
      return usualMs;
    } catch (error) {
      onError(error);
      return leaseMs / RETRIES_PER_LEASE;
    }
  });
  // Many processes that were started together must not go on to sweep together.
  const sweeping = poll(async () => {
    await sweep();
    return usualMs * (0.75 + random() / 2);
  });

  return {
    leaseUntil,
    sweep,
    start() {
      renewing.start(usualMs);
      sweeping.start(usualMs * random());
    },
    stop() {
      renewing.stop();
      sweeping.stop();
    },
  };
}

interface Clocks {
  now: () => number;
  monotonic: () => number;
  /** Steps that leave every lease of a living process valid until its next renewal, milliseconds. */
  stepMs: number;
  quietMs: number;
}

/**
 * Whether leases can be judged by the clock. Where it was set forward, or the machine slept, those of
 * living processes are past their time as well, until each has renewed them: so long it is quiet.
 */
function buildSteadiness({ now, monotonic, stepMs, quietMs }: Clocks): () => boolean {
  let ahead = now() - monotonic();
  let quietUntil = -Infinity;
  return () => {
    const at = monotonic();
    const isAheadNow = now() - at;
    if (isAheadNow - ahead > stepMs) quietUntil = at + quietMs;
    ahead = isAheadNow;
    return at >= quietUntil;
  };
}

async function sweepOnce({ leases, now, onError, onSwept }: LeaseManagerParts): Promise<number> {
  try {
    const holds = await leases.sweep(now());
    if (holds > 0) onSwept(holds);
    return holds;
  } catch (error) {
    onError(error);
    return 0;
  }
}

/** One run at a time, whose result also serves those who ask shortly after. The work never rejects. */
function sharing(work: () => Promise<number>, now: () => number): () => Promise<number> {
  let last: Promise<number> | null = null;
  let endedAt: number | null = null;
  const isFresh = (): boolean => endedAt === null || Math.abs(now() - endedAt) < SHARED_MS;
  return () => {
    if (last && isFresh()) return last;
    endedAt = null;
    last = work().finally(() => {
      endedAt = now();
    });
    return last;
  };
}

/** Work that is done again and again. */
interface Poll {
  /** Once: started again, or after it was stopped, it stays as it is. */
  start(firstAfterMs: number): void;
  stop(): void;
}

/**
 * One run at a time; the next begins as long after the beginning of the last as that says, or at
 * once if it took longer. Its timer keeps no process alive.
 * @param work never rejects; its result is in milliseconds
 */
export function poll(work: () => Promise<number>): Poll {
  let timer: NodeJS.Timeout | null = null;
  let state: 'new' | 'running' | 'stopped' = 'new';

  const waitFor = (ms: number): void => {
    timer = setTimeout(() => void run(), ms).unref();
  };
  const run = async (): Promise<void> => {
    const begun = performance.now();
    const afterMs = await work();
    if (state === 'running') waitFor(Math.max(0, afterMs - (performance.now() - begun)));
  };

  return {
    start(firstAfterMs) {
      if (state !== 'new') return;
      state = 'running';
      waitFor(firstAfterMs);
    },
    stop() {
      state = 'stopped';
      if (timer) clearTimeout(timer);
    },
  };
}
