import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRollback, type Rollback } from '../../src/prompts/edit-split.ts';
import { PromptFileError } from '../../src/prompts/prompt-file-error.ts';
import { parsePrompt } from '../../src/prompts/parse.ts';
import { chooseVersion, parseSplit, readSplit } from '../../src/prompts/split.ts';
import { promptText } from '../support/prompt-folder.ts';
import { runs } from '../support/depth.ts';

const LIVE = ['v1', 'v2', 'v3'];

interface Versions {
  live?: readonly string[];
  drafts?: readonly string[];
  broken?: readonly string[];
}

const rollback = (
  text: string | null | PromptFileError,
  to: string | null = null,
  { live = LIVE, drafts = [], broken = [] }: Versions = {},
): Rollback => {
  const whole = [...live, ...drafts].map((version) => {
    const status = live.includes(version) ? 'live' : 'draft';
    return parsePrompt(promptText('faq', version, { status }), 'faq');
  });
  const versions = new Map([...live, ...drafts, ...broken].map((version) => [version, '']));
  return planRollback({ id: 'faq', raw: { versions, split: text }, whole, to });
};

describe('a rollback', () => {
  it('goes to the newest live version before that of most callers', () => {
    expect(rollback('weights: { v1: 5, v2: 5, v3: 90 }')).toMatchObject({ from: 'v3', to: 'v2' });
    expect(rollback('weights: { v1: 5, v2: 90, v3: 5 }')).toMatchObject({ from: 'v2', to: 'v1' });
    expect(rollback('weights: { v3: 1 }', null, { live: ['v1', 'v3'] })).toMatchObject({
      to: 'v1',
    });
  });

  it('goes by number, not by letters', () => {
    expect(rollback('weights: { v10: 1 }', null, { live: ['v2', 'v9', 'v10'] }).to).toBe('v9');
  });

  it('goes where it is told, also forward', () => {
    expect(rollback('weights: { v1: 1, v3: 9 }', 'v1').to).toBe('v1');
    expect(rollback('weights: { v1: 1 }', 'v3')).toMatchObject({ from: 'v1', to: 'v3' });
  });

  it('begins a split where there is none', () => {
    expect(rollback(null).text).toBe('weights: { v3: 0, v2: 100 }\n');
  });

  it('goes back from what is served: not from a draft, but from what cannot be read', () => {
    expect(rollback(null, null, { drafts: ['v4'] })).toMatchObject({ from: 'v3', to: 'v2' });
    expect(rollback(null, null, { broken: ['v4'] })).toMatchObject({ from: 'v4', to: 'v3' });
  });

  it.each([
    ['is no YAML', 'weights: {'],
    ['gives nobody a version', 'weights: { v1: 0 }'],
    ['cannot be read', new PromptFileError('split.yaml', 'there is no permission to read it')],
  ])('writes a split anew that %s, and says so', (_what, split) => {
    expect(rollback(split)).toMatchObject({
      from: 'v3',
      to: 'v2',
      isAnew: true,
      text: 'weights: { v3: 0, v2: 100 }\n',
    });
    expect(rollback(split, 'v3')).toMatchObject({ to: 'v3', text: 'weights: { v3: 100 }\n' });
    expect(rollback('weights: { v3: 1 }').isAnew).toBe(false);
  });

  it.each<[string, string, string | null, string]>([
    ['v1', 'weights: { v1: 1 }', null, 'there is no live version before v1: name one with --to'],
    ['v7', 'weights: { v1: 1 }', 'v7', 'v7 is not live. Live are: v1, v2, v3'],
    ['V2', 'weights: { v1: 1 }', 'V2', 'V2 is not live'],
    ['the same', 'weights: { v1: 0, v2: 3 }', 'v2', 'all callers are given v2 already'],
  ])('to %s is refused where that is nowhere', (_to, ...[text, to, message]) => {
    expect(() => rollback(text, to)).toThrow(PromptFileError);
    expect(() => rollback(text, to)).toThrow(`faq: ${message}`);
  });

  it('changes numbers, and leaves all else in the file as it is', () => {
    const text = `# Who is given which version.
weights:
  # the old one
  v1: 10 # since March
  v2: 90

# Testers.
overrides:
  - { version: v1, team: shop } # asked for it
  # Anna tests.
  - version: v2
    user: anna
`;
    const { text: edited, dropped } = rollback(text, 'v1');
    expect(dropped).toBe(1);
    expect(edited).toBe(`# Who is given which version.
weights:
  # the old one
  v1: 100 # since March
  v2: 0

# Testers.
overrides:
  - { version: v1, team: shop } # asked for it
`);
  });

  it('takes out every rule for another version, and says how many', () => {
    const text =
      'weights: { v1: 1, v2: 1 }\noverrides: [{ version: v2, user: a }, { version: v3, user: b }]\n';
    expect(rollback(text, 'v1')).toMatchObject({
      dropped: 2,
      text: 'weights: { v1: 100, v2: 0 }\n',
    });
    const allButRules = 'weights: { v1: 1, v2: 0 }\noverrides: [{ version: v2, user: a }]\n';
    expect(rollback(allButRules, 'v1')).toMatchObject({ from: 'v1', to: 'v1', dropped: 1 });
  });

  it('edits weights that are named once and used again', () => {
    const text = 'weights: &w { v1: 1, v2: 9 }\n';
    expect(readSplit(rollback(text).text, 's').weights).toEqual({ v1: 100, v2: 0 });
  });

  it('gives, of any split, all callers one version, in a file that can be read', () => {
    const version = fc.constantFrom(...LIVE);
    const who = fc.constantFrom('a', 'b');
    const split = fc.record({
      weights: fc
        .dictionary(version, fc.integer({ min: 0, max: 100 }), { minKeys: 1 })
        .filter((weights) => Object.values(weights).some((each) => each > 0)),
      overrides: fc.array(fc.record({ version, user: who, team: who }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(split, version, fc.boolean(), (given, to, isFlow) => {
        const text = isFlow ? JSON.stringify(given) : asBlocks(given);
        let edited: string;
        try {
          edited = rollback(text, to).text;
        } catch (error) {
          expect((error as Error).message).toContain('already');
          edited = text;
        }
        const after = parseSplit(edited, 'split.yaml', LIVE);
        for (const user of ['a', 'b', null])
          for (const team of ['a', 'b', null])
            expect(
              chooseVersion(after, 'faq', { principal: 'p', feature: null, user, team }).version,
            ).toBe(to);
        expect(Object.keys(after.weights)).toEqual(
          expect.arrayContaining(Object.keys(given.weights)),
        );
      }),
      { numRuns: runs(60) },
    );
  });
});

interface Given {
  weights: Record<string, number>;
  overrides: { version: string; user: string; team: string }[];
}

const asBlocks = ({ weights, overrides }: Given): string =>
  [
    'weights: # of callers',
    ...Object.entries(weights).map(([each, weight]) => `  ${each}: ${String(weight)} # ${each}`),
    ...(overrides.length === 0 ? [] : ['overrides:']),
    ...overrides.map((rule) => `  - ${JSON.stringify(rule)} # rule`),
  ].join('\n');
