/** Mark of a grader for an answer. */
export interface GraderMark {
  /** 0 to 1. */
  score: number;
  /** Why, for people, where it is less than 1; else empty or a remark. */
  detail: string;
}

export const RIGHT: GraderMark = { score: 1, detail: '' };

export const wrong = (detail: string): GraderMark => ({ score: 0, detail });

export const markIf = (isRight: boolean, detail: string): GraderMark =>
  isRight ? RIGHT : wrong(detail);

const SHOWN_CHARS = 80;

/** The beginning of a value, as JSON, for a sentence about it. */
export function show(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}…`;
}
