/** A promise about speed and what became of it. */
export interface Target {
  name: string;
  wanted: number;
  measured: number;
  unit: string;
  /** Whether more is better. */
  atLeast: boolean;
}
