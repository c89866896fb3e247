import { BudgetName, BudgetSettings } from '../../../schemas/wire/budget.ts';
import { UsageError } from '../shared/fail.ts';

/** A budget as it is written on the command line. */
export interface BudgetOptions {
  scope: string;
  of?: string;
  usd?: string;
  tokens?: string;
  requests?: string;
  per: string;
  timeZone?: string;
  misfit?: string;
  overrun?: string;
  weights?: string;
  thresholds?: string;
}

/** @throws UsageError */
export function toBudgetName(text: string): string {
  const { success, error } = BudgetName.safeParse(text);
  if (success) return text;
  throw new UsageError(`"${text}" cannot name a budget: ${error.issues[0]?.message ?? ''}`);
}

/** @throws UsageError that says which option is wrong, and what would be right */
export function toSettings(options: BudgetOptions): BudgetSettings {
  const { scope, of, per: window, timeZone: time_zone, misfit, overrun } = options;
  const { unit, limit } = toLimit(options);
  if (options.weights !== undefined && unit !== 'tokens')
    throw new UsageError('--weights is about tokens: it goes with --tokens only');
  const { success, data, error } = BudgetSettings.safeParse({
    scope,
    of,
    unit,
    limit,
    window,
    time_zone,
    misfit,
    overrun,
    weights: options.weights === undefined ? undefined : toWeights(options.weights),
    thresholds: options.thresholds?.split(',').map((each) => toNumber('--thresholds', each)),
  });
  if (success) return data;
  const mistakes = error.issues.map(({ path, message }) => `${optionOf(path, unit)}: ${message}`);
  throw new UsageError(mistakes.join('; '));
}

const UNITS = ['usd', 'tokens', 'requests'] as const;
type UnitOption = (typeof UNITS)[number];

function toLimit(options: BudgetOptions): { unit: UnitOption; limit: number } {
  const [unit, ...others] = UNITS.filter((each) => options[each] !== undefined);
  if (unit === undefined || others.length > 0)
    throw new UsageError('give the limit as one of --usd, --tokens and --requests');
  return { unit, limit: toNumber(`--${unit}`, options[unit] ?? '') };
}

function toNumber(option: string, text: string): number {
  const number = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(number)) return number;
  throw new UsageError(`${option}: "${text}" is not a number`);
}

/** `input=1,output=5` */
const toWeights = (text: string): Record<string, number> =>
  Object.fromEntries(
    text.split(',').map((pair) => {
      const [kind = '', weight = ''] = pair.split('=');
      return [kind.trim(), toNumber(`--weights ${kind}`, weight)];
    }),
  );

/** Settings whose option has another name. */
const OPTIONS: Partial<Record<string, string>> = { window: 'per', time_zone: 'time-zone' };

const optionOf = ([key, ...rest]: readonly PropertyKey[], unit: UnitOption): string => {
  const setting = String(key);
  const option = setting === 'limit' ? unit : (OPTIONS[setting] ?? setting);
  return ['--' + option, ...rest.map(String)].join(' ');
};
