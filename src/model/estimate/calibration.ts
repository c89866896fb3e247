import type { ContentClass } from './content-class.ts';

export type TokenSide = 'input' | 'output';

/** Texts that share an error: each group learns by itself. */
export interface CalibrationGroup {
  model: string;
  side: TokenSide;
  content: ContentClass;
}

/** Our uncalibrated count and the provider's, tokens. */
export interface Sample {
  raw: number;
  actual: number;
}

/** Calibrated counts, whole tokens. */
export interface Prediction {
  expected: number;
  /** 95 % of such texts have fewer. */
  high: number;
}

/** A group's learnt factor. */
export interface Factor extends CalibrationGroup {
  samples: number;
  /** Multiplier of raw counts. */
  mean: number;
  /** Standard deviation of the ratio's logarithm. */
  deviation: number;
}

export interface Calibration {
  predict(group: CalibrationGroup, raw: number): Prediction;
  learn(group: CalibrationGroup, sample: Sample): void;
  /** Of the groups with samples of their own, in the order they were met. */
  factors(): Factor[];
}

/** Of the logarithm of `actual / raw`: too high and too low by the same factor weigh the same. */
interface Ratio {
  samples: number;
  mean: number;
  variance: number;
}

const UNLEARNT: Ratio = { samples: 0, mean: 0, variance: 0 };

/** Each sample weighs as much until 20 are there; from then on old ones fade. */
const LEAST_WEIGHT = 0.05;
const PRIOR_DEVIATION = 0.15;
/** The belief before the first sample counts as so many: one odd reply must not set the factor. */
const PRIOR_SAMPLES = 2;
/** 95 % of a normal distribution are below. */
const DEVIATIONS_HIGH = 1.64;
const LEAST_FACTOR = 0.5;
const MOST_FACTOR = 3;
const CONTENTS: readonly ContentClass[] = ['prose', 'code', 'json', 'cjk'];

/**
 * Learns by how much the provider's counts differ from ours. A group leans on the other contents of
 * its model as long as it has few samples, and those on "no difference".
 */
export function buildCalibration(): Calibration {
  const groups = new Map<string, { group: CalibrationGroup; ratio: Ratio }>();
  const learnt = (group: CalibrationGroup): Ratio => groups.get(keyOf(group))?.ratio ?? UNLEARNT;
  const believed = (group: CalibrationGroup): Ratio => {
    const others = CONTENTS.filter((content) => content !== group.content);
    const prior = pool(others.map((content) => learnt({ ...group, content })));
    return withPrior(learnt(group), prior);
  };
  return {
    predict(group, raw) {
      const { mean, variance } = believed(group);
      const high = factorOf(mean + DEVIATIONS_HIGH * Math.sqrt(variance));
      return { expected: Math.round(raw * factorOf(mean)), high: Math.ceil(raw * high) };
    },
    learn(group, { raw, actual }) {
      if (!(raw > 0 && actual > 0 && Number.isFinite(actual / raw))) return;
      // Beyond the bounds something else was counted: it may pull to the bound, not past it.
      const ratio = Math.log(clamp(actual / raw));
      groups.set(keyOf(group), { group, ratio: withSample(learnt(group), ratio) });
    },
    factors: () =>
      Array.from(groups.values(), ({ group: { model, side, content }, ratio: { samples } }) => {
        const { mean, variance } = believed({ model, side, content });
        return {
          model,
          side,
          content,
          samples,
          mean: factorOf(mean),
          deviation: Math.sqrt(variance),
        };
      }),
  };
}

const keyOf = ({ model, side, content }: CalibrationGroup): string => `${side} ${content} ${model}`;

const clamp = (factor: number): number => Math.min(MOST_FACTOR, Math.max(LEAST_FACTOR, factor));

const factorOf = (logarithm: number): number => clamp(Math.exp(logarithm));

function withSample({ samples, mean, variance }: Ratio, sample: number): Ratio {
  const weight = Math.max(LEAST_WEIGHT, 1 / (samples + 1));
  const off = sample - mean;
  return {
    samples: samples + 1,
    mean: mean + weight * off,
    variance: (1 - weight) * (variance + weight * off * off),
  };
}

/** Many groups as one; each weighs as much as it has samples. */
function pool(ratios: readonly Ratio[]): Ratio {
  const samples = ratios.reduce((sum, ratio) => sum + ratio.samples, 0);
  const sum = ratios.reduce((total, { samples: some, mean }) => total + some * mean, 0);
  return withPrior({ samples, mean: sum / Math.max(1, samples), variance: 0 }, UNLEARNT);
}

function withPrior({ samples, mean, variance }: Ratio, prior: Ratio): Ratio {
  const mix = (own: number, believed: number): number =>
    (samples * own + PRIOR_SAMPLES * believed) / (samples + PRIOR_SAMPLES);
  return {
    samples,
    mean: mix(mean, prior.mean),
    variance: mix(variance, PRIOR_DEVIATION ** 2),
  };
}
