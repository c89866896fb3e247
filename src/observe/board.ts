/**
 * Memory that the main thread writes and its watchdog reads: when the event loop turned last, and what was
 * begun last. Read while the main thread is held, when nobody writes it.
 */
export interface Board {
  readonly memory: SharedArrayBuffer;
  /** Milliseconds of {@link clockMs}. */
  beat(at: number): void;
  beatAt(): number;
  /** Longer texts are cut. */
  note(slot: BoardSlot, text: string): void;
  noted(slot: BoardSlot): string;
}

/** The last request that came in, and the last layer that a call entered. */
export const SLOTS = ['request', 'layer'] as const;
export type BoardSlot = (typeof SLOTS)[number];

const BEAT_BYTES = 8;
const LENGTH_BYTES = 4;
const TEXT_BYTES = 252;
const SLOT_BYTES = LENGTH_BYTES + TEXT_BYTES;
const BOARD_BYTES = BEAT_BYTES + SLOTS.length * SLOT_BYTES;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A new board, or the same one as seen by another thread. */
export function openBoard(memory = new SharedArrayBuffer(BOARD_BYTES)): Board {
  const beats = new BigInt64Array(memory, 0, 1);
  const slotOf = (slot: BoardSlot) => {
    const from = BEAT_BYTES + SLOTS.indexOf(slot) * SLOT_BYTES;
    return {
      length: new Int32Array(memory, from, 1),
      bytes: new Uint8Array(memory, from + LENGTH_BYTES, TEXT_BYTES),
    };
  };
  const slots = { request: slotOf('request'), layer: slotOf('layer') };
  return {
    memory,
    beat(at) {
      Atomics.store(beats, 0, BigInt(Math.round(at)));
    },
    beatAt: () => Number(Atomics.load(beats, 0)),
    note(slot, text) {
      const { length, bytes } = slots[slot];
      Atomics.store(length, 0, encoder.encodeInto(text, bytes).written);
    },
    noted(slot) {
      const { length, bytes } = slots[slot];
      // A decoder takes no shared memory.
      return decoder.decode(bytes.slice(0, Atomics.load(length, 0)));
    },
  };
}

/** Milliseconds of a clock that all threads share and nobody sets. */
export const clockMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);
