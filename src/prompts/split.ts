import { hash } from 'node:crypto';
import { z } from 'zod';
import { parseYaml } from './parse.ts';
import { PromptFileError } from './prompt-file-error.ts';

const VERSION = /^v[1-9]\d*$/;
const version = z.string().regex(VERSION, 'must be a version, for example v2');
const who = z.string().normalize('NFC').min(1);

const SplitFile = z.strictObject({
  weights: z
    .record(z.string(), z.number().min(0).max(1_000_000))
    .refine((weights) => Object.keys(weights).every((each) => VERSION.test(each)), {
      message: 'Each weight is that of a version, for example v2: 10',
    })
    .refine((weights) => Object.values(weights).some((each) => each > 0), {
      message: 'One version at least needs a weight above 0',
    }),
  overrides: z
    .array(
      z
        .strictObject({
          version,
          principal: who.optional(),
          team: who.optional(),
          user: who.optional(),
          feature: who.optional(),
        })
        .refine((rule) => Object.keys(rule).length > 1, {
          message: 'Say for whom: principal, team, user or feature',
        }),
    )
    .default([]),
});

/** Assignment of callers to versions. */
export type Split = z.infer<typeof SplitFile>;

/** Receiver of a version, as a split sees it. */
export interface Subject {
  principal: string;
  team: string | null;
  user: string | null;
  feature: string | null;
}

/** The same, whether or not there is what it speaks of. @throws PromptFileError */
export const readSplit = (text: string, file: string): Split => parseYaml(text, file, SplitFile);

/**
 * `split.yaml`: weights per version, and rules for callers whose conditions all hold.
 * @param live versions that callers may be given
 * @throws PromptFileError
 */
export function parseSplit(text: string, file: string, live: readonly string[]): Split {
  const split = readSplit(text, file);
  const named = [
    ...Object.entries(split.weights).flatMap(([each, weight]) => (weight > 0 ? [each] : [])),
    ...split.overrides.map((rule) => rule.version),
  ];
  const unknown = named.find((each) => !live.includes(each));
  if (unknown === undefined) return split;
  throw new PromptFileError(
    file,
    `${unknown} is not live, so nobody can be given it. Live are: ${live.join(', ') || 'none'}`,
  );
}

/** The newest live version, for all; that is what is meant where there is no `split.yaml`. */
export const allTo = (newest: string): Split => ({ weights: { [newest]: 1 }, overrides: [] });

/**
 * The version for a caller: by the first rule that fits, else by weight. The same user is always given the
 * same version, and without a user the same principal; each prompt is drawn for anew.
 *
 * By weight: weighted rendezvous hashing. Each version draws u in (0, 1) for the subject, and the greatest
 * -weight / ln(u) wins, which happens with a chance of weight / sum of weights. A change of one weight
 * moves only subjects to or from that version, and no more than its share changes.
 * Source: C. Schindelhauer, G. Schomaker, Weighted Distributed Hash Tables, SPAA 2005.
 */
export function chooseVersion(
  { weights, overrides }: Split,
  promptId: string,
  subject: Subject,
): { version: string; variant: 'split' | 'override' | null } {
  const rule = overrides.find((each) => fits(each, subject));
  if (rule) return { version: rule.version, variant: 'override' };
  const drawn = Object.entries(weights).filter(([, weight]) => weight > 0);
  const only = drawn[0]?.[0] ?? '';
  if (drawn.length === 1) return { version: only, variant: null };
  const who = subject.user === null ? `principal ${subject.principal}` : `user ${subject.user}`;
  let [best, most] = [only, -Infinity];
  for (const [each, weight] of drawn) {
    const score = -weight / Math.log(draw(`${promptId}@${each}\n${who}`));
    if (score > most) [best, most] = [each, score];
  }
  return { version: best, variant: 'split' };
}

const fits = (rule: Split['overrides'][number], subject: Subject): boolean =>
  (['principal', 'team', 'user', 'feature'] as const).every(
    (each) => rule[each] === undefined || rule[each] === subject[each],
  );

/** 48 bits of a hash, never 0 and never 1. */
const draw = (text: string): number =>
  (parseInt(hash('sha256', text, 'hex').slice(0, 12), 16) + 0.5) / 2 ** 48;

/** The share of callers that no rule names, by version. */
export function sharesOf({ weights }: Split): ReadonlyMap<string, number> {
  const whole = Object.values(weights).reduce((sum, each) => sum + each, 0);
  return new Map(Object.entries(weights).map(([each, weight]) => [each, weight / whole]));
}
