import type { JudgeInput } from '../../../schemas/tools/judge-same-answer.ts';
import type { JudgeVerdict } from '../judge.ts';

/** A judge that knows the labels, and how often it was asked: for a hit, and for evidence. */
export interface Oracle {
  /** Label of the present question. */
  label: string;
  readonly asked: { inline: number; checks: number };
  judge(input: JudgeInput, why: keyof Oracle['asked']): Promise<JudgeVerdict>;
}

/** The answers of a replay are labels: a candidate has the same answer when it has the same label. */
export function buildOracle(): Oracle {
  const oracle: Oracle = {
    label: '',
    asked: { inline: 0, checks: 0 },
    judge({ candidates }, why) {
      oracle.asked[why] += 1;
      const found = candidates.findIndex(({ answer }) => answer === oracle.label);
      const same = found < 0 ? null : found + 1;
      return Promise.resolve({ same, sure: true, judge: 'oracle' });
    },
  };
  return oracle;
}
