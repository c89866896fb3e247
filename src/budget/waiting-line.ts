/** Calls of this process that wait for the same budget, first come first served. */
export interface Lines {
  join(key: string): Turn;
}

export interface Turn {
  /** How many go first, this one included. */
  position(): number;
  leave(): void;
}

export function buildLines(): Lines {
  const lines = new Map<string, object[]>();
  return {
    join(key) {
      const line = lines.get(key) ?? [];
      lines.set(key, line);
      const turn: Turn = {
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
