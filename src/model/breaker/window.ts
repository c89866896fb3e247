import type { BreakerSettings } from './settings.ts';

/** Mark of an attempt. */
export type AttemptMark = 'ok' | 'failed' | 'slow';

export interface OutcomeWindow {
  /** @returns that enough is enough, as the beginning of a sentence; null while it is not */
  record(mark: AttemptMark): string | null;
  recent(): Record<AttemptMark, number>;
  /** Whether it holds enough attempts for their share to mean something. */
  isTelling(): boolean;
  clear(): void;
}

/** The last attempts of a closed breaker. Only a bad one can be the one too many. */
export function buildWindow({
  consecutive,
  share,
  window,
  minimum,
}: BreakerSettings): OutcomeWindow {
  let marks: AttemptMark[] = [];
  let badInARow = 0;

  const tooMany = (): string | null => {
    if (badInARow >= consecutive) return `${String(badInARow)} attempts in a row were bad`;
    const bad = marks.filter((mark) => mark !== 'ok').length;
    if (marks.length < minimum || bad < share * marks.length) return null;
    return `${String(bad)} of the last ${String(marks.length)} attempts were bad`;
  };

  return {
    record(mark) {
      marks = [...marks, mark].slice(-window);
      badInARow = mark === 'ok' ? 0 : badInARow + 1;
      return mark === 'ok' ? null : tooMany();
    },
    recent() {
      const counts = { ok: 0, failed: 0, slow: 0 };
      for (const mark of marks) counts[mark] += 1;
      return counts;
    },
    isTelling: () => marks.length >= minimum,
    clear() {
      marks = [];
      badInARow = 0;
    },
  };
}
