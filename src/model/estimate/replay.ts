import {
  buildCalibration,
  type CalibrationGroup,
  type Prediction,
  type Sample,
} from './calibration.ts';
import { samplesOf, type Countable } from './samples.ts';

/** Distance of predictions from the provider's counts. Shares are of 1; above 0 is too high. */
export interface Accuracy {
  samples: number;
  meanError: number;
  meanAbsoluteError: number;
  p95AbsoluteError: number;
  /** Share of samples with more tokens than the high prediction; it aims at 0.05. */
  aboveHigh: number;
  predictedTokens: number;
  actualTokens: number;
}

export interface AccuracyReport {
  /** By model, side and content. */
  groups: (CalibrationGroup & Accuracy)[];
  all: Accuracy;
}

type Predicted = CalibrationGroup & Sample & Prediction;

/**
 * Predict each attempt (oldest first) from what those before it had taught, as it happened live.
 * @returns null if no attempt can be compared
 */
export function replay(attempts: Iterable<Countable>): AccuracyReport | null {
  const calibration = buildCalibration();
  const seen: Predicted[] = [];
  for (const attempt of attempts) {
    const samples = samplesOf(attempt);
    for (const sample of samples)
      seen.push({ ...sample, ...calibration.predict(sample, sample.raw) });
    for (const sample of samples) calibration.learn(sample, sample);
  }
  if (seen.length === 0) return null;
  const groups = new Map(seen.map((each) => [nameOf(each), each]));
  return {
    groups: Array.from(groups)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { model, side, content }]) => ({
        model,
        side,
        content,
        ...accuracyOf(seen.filter((each) => nameOf(each) === name)),
      })),
    all: accuracyOf(seen),
  };
}

const nameOf = ({ model, side, content }: CalibrationGroup): string =>
  `${model} ${side} ${content}`;

function accuracyOf(seen: readonly Predicted[]): Accuracy {
  const errors = seen.map(({ expected, actual }) => (expected - actual) / actual);
  const sizes = errors.map(Math.abs).sort((a, b) => a - b);
  const sum = (values: readonly number[]): number =>
    values.reduce((total, each) => total + each, 0);
  return {
    samples: seen.length,
    meanError: sum(errors) / seen.length,
    meanAbsoluteError: sum(sizes) / seen.length,
    p95AbsoluteError: sizes[Math.ceil(sizes.length * 0.95) - 1] ?? 0,
    aboveHigh: seen.filter(({ actual, high }) => actual > high).length / seen.length,
    predictedTokens: sum(seen.map(({ expected }) => expected)),
    actualTokens: sum(seen.map(({ actual }) => actual)),
  };
}
