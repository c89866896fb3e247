/** Calls of this process that wait for the same budget, first come first served. */
export interface WaitingLines {
  join(key: string): WaitingTurn;
}

export interface WaitingTurn {
  /** Place in the line, from 1. */
  position(): number;
  leave(): void;
}

export function buildWaitingLines(): WaitingLines {
  const lines = new Map<string, object[]>();
  return {
    join(key) {
      const line = lines.get(key) ?? [];
      lines.set(key, line);
      const turn: WaitingTurn = {
        position: () => line.indexOf(turn) + 1,
        leave() {
          const at = line.indexOf(turn);
          if (at !== -1) line.splice(at, 1);
          if (line.length === 0 && lines.get(key) === line) lines.delete(key);
        },
      };
      line.push(turn);
      return turn;
    },
  };
}
