import type { CaseResult } from '../../eval/run-case.ts';
import { toUsd } from '../../core/call/wire.ts';

/** A line that is written over and over, where somebody watches. */
export interface Progress {
  /** One more has ended. */
  add: (result: CaseResult) => void;
  /** Takes the line away. */
  end: () => void;
}

const WIDTH = 30;
/** Back to the start of the line, and clear it. */
const CLEAR = '\r\u001b[K';

/** @param out where the line is drawn; nothing is, unless it is a terminal */
export function buildProgress(
  out: { isTTY?: boolean; write: (text: string) => unknown },
  total: number,
): Progress {
  let [done, nanoUsd] = [0, 0];
  const draw = (text: string): void => {
    if (out.isTTY) out.write(`${CLEAR}${text}`);
  };
  return {
    add({ score }) {
      done += 1;
      nanoUsd += score.costNanoUsd;
      const filled = Math.floor((WIDTH * done) / Math.max(1, total));
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
      draw(`${bar} ${String(done)}/${String(total)}  ${toUsd(nanoUsd).toFixed(6)} USD`);
    },
    end: () => {
      draw('');
    },
  };
}
